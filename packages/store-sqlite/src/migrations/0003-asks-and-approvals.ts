import { statementsOf } from "./migration.ts";

import type { Migration } from "./migration.ts";

/**
 * Asks, saved approvals, inputs that can be replaced and withdrawn, and what an activity has used. Frozen once it was released: a change is
 * a new migration.
 *
 * New columns get what a rebuild from the log gives: no input had been replaced or withdrawn, no session named a root, and what an activity
 * used is summed over the attempts that ended since the last promotion. Below a floor no attempt tells, so a floor's own row says none.
 * Version 2 would not fill these columns, so it may not go on.
 */
export const asksAndApprovals: Migration = {
  name: "0003-asks-and-approvals",
  rewritesData: true,
  minReaderVersion: 3,
  statements: statementsOf(`
alter table input add column withdrawnSeq integer;
alter table input add column valueSeq integer not null default -1;
update input set valueSeq = seq;

alter table session add column rootId text not null default '';
alter table session add column activityTokens integer not null default 0;
alter table session add column activityCost real not null default 0;
update session set rootId = sessionId;
update session set (activityTokens, activityCost) = (
  select
    coalesce(sum(json_extract(event.data, '$.usage.input') + json_extract(event.data, '$.usage.output')), 0),
    coalesce(sum(json_extract(event.data, '$.cost')), 0.0)
  from event join eventType using (typeKey)
  where eventType.name = 'attempt.ended'
    and event.place > session.sessionKey * 67108864 + coalesce(
      (select max(promotedSeq) from input where input.sessionKey = session.sessionKey), 0)
    and event.place < (session.sessionKey + 1) * 67108864
);
create index session_root on session (rootId, sessionId);
update floor set rows = json_set(rows,
  '$.session[0].rootId', json_extract(rows, '$.session[0].sessionId'),
  '$.session[0].activityTokens', 0, '$.session[0].activityCost', 0, '$.ask', json('[]')
);

create table ask (
  sessionKey integer not null, askId text not null, executionId text not null, callId text, kind text not null,
  identity text not null, state text not null, seq integer not null, closedSeq integer, expires integer,
  primary key (sessionKey, askId)
) strict, without rowid;
create index ask_open on ask (sessionKey, seq) where state = 'open';

create table approval (
  project text not null, action text not null, resource text not null, agent text not null, askId text not null,
  sessionId text not null, time integer not null, primary key (project, action, resource, agent)
) strict, without rowid;
`),
};
