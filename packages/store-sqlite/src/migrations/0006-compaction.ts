import { statementsOf } from "./migration.ts";

import type { Migration } from "./migration.ts";

/**
 * Compactions: requests for them in the inbox, and the summary that a model is shown, in a row that outlives its event. Frozen once it was
 * released: a change is a new migration.
 *
 * All inputs so far were prompts, and no session had a summary, below a floor neither. The index of withdrawn identities holds those of
 * settled requests, too. Version 5 would not fill these, so it may not go on.
 */
export const compaction: Migration = {
  name: "0006-compaction",
  rewritesData: true,
  minReaderVersion: 6,
  statements: statementsOf(`
alter table input add column kind text not null default 'prompt';

create table compaction (
  sessionKey integer primary key, seq integer not null, state text not null, endedSeq integer, streak integer not null,
  summarySeq integer, throughSeq integer not null, summary text not null
) strict;

update floor set rows = json_set(rows, '$.compaction', json('[]')) where json_valid(rows);

drop index admission_withdrawn;
create index admission_withdrawn on admission (sessionKey, seq) where disposition in ('withdrawn', 'settled');
`),
};
