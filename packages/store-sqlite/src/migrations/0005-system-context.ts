import { statementsOf } from "./migration.ts";

import type { Migration } from "./migration.ts";

/**
 * What the model was told of the system context. Frozen once it was released: a change is a new migration. No log of an earlier version says
 * anything of it, so that nothing is filled; a floor's record says so of its own. Version 4 would not keep it, so it may not go on.
 */
export const systemContext: Migration = {
  name: "0005-system-context",
  rewritesData: true,
  minReaderVersion: 5,
  statements: statementsOf(`
create table context (
  sessionKey integer not null, "key" text not null, position integer not null, epoch text, hash text, text text not null,
  removal text not null, seq integer not null, primary key (sessionKey, "key")
) strict, without rowid;
update floor set rows = json_set(rows, '$.context', json('[]')) where json_valid(rows);
`),
};
