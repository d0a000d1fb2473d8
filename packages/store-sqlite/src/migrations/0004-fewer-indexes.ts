import { statementsOf } from "./migration.ts";

import type { Migration } from "./migration.ts";

/**
 * A third fewer pages for each turn to write: decision 28 has the figures. Frozen once it was released: a change is a new migration.
 *
 * What is open is found without an index of its own where a key or an order leads to it: a step that is open is the session's last one,
 * and what is open of calls and attempts is that step's; the step that made a message is the last one that began before it. Neither an
 * attempt's end nor a call's changes an index any more. Executions and inputs that
 * wait are found by the session's ID alone, which serves both a session's own and the list of all.
 *
 * Version 3 names indexes that are gone, so it may not go on.
 */
export const fewerIndexes: Migration = {
  name: "0004-fewer-indexes",
  rewritesData: false,
  minReaderVersion: 4,
  statements: statementsOf(`
drop index input_pending;
drop index input_awake;
create index input_pending on input (sessionId) where state = 'pending';

drop index execution_one_open;
drop index execution_open;
create unique index execution_open on execution (sessionId) where state = 'open';

drop index step_one_open;

drop index attempt_one_open;
drop index attempt_message;

drop index call_open;
drop index call_message;
drop index call_settled;
create index call_step on call (sessionKey, stepId);
`),
};
