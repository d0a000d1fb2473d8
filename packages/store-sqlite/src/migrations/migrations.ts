import { initial } from "./0001-initial.ts";
import { floorsAndReplicas } from "./0002-floors-and-replicas.ts";
import { asksAndApprovals } from "./0003-asks-and-approvals.ts";
import { fewerIndexes } from "./0004-fewer-indexes.ts";
import { systemContext } from "./0005-system-context.ts";
import { compaction } from "./0006-compaction.ts";
import { statementsOf } from "./migration.ts";

import type { Migration } from "./migration.ts";

/** Every migration, oldest first. Its position, from 1, is the schema version that it leads to. */
export const migrations: readonly Migration[] = [
  { name: initial.name, statements: statementsOf(initial.sql), rewritesData: false, minReaderVersion: 1 },
  floorsAndReplicas,
  asksAndApprovals,
  fewerIndexes,
  systemContext,
  compaction,
];

/** The schema version that this code reads and writes. */
export const schemaVersion = migrations.length;
