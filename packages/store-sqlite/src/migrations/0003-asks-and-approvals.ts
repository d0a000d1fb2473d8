import { statementsOf } from "./migration.ts";

import type { Migration } from "./migration.ts";

/**
 * Asks, saved approvals, todos, inputs that can be replaced and withdrawn, and what an activity has used. Frozen once it was released: a change is
 * a new migration.
 *
 * New columns get what a rebuild from the log gives: no input had been replaced or withdrawn, no session named a root, and what an activity
 * used is summed over the attempts that ended since the last promotion, one by one in their order: `sum` rounds otherwise than a rebuild.
 * Below a floor no attempt tells, so a floor's own row says none, and what a killed pruning left there does not count.
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
create table spent (
  sessionKey integer not null, position integer not null, tokens integer not null, cost real not null,
  primary key (sessionKey, position)
) strict, without rowid;
insert into spent
  with start as materialized (
    select sessionKey, max(
      coalesce((select seq from floor where floor.sessionKey = session.sessionKey), -1),
      coalesce((select max(promotedSeq) from input where input.sessionKey = session.sessionKey), -1)
    ) as seq
    from session
  )
  select start.sessionKey, row_number() over (partition by start.sessionKey order by place),
    json_extract(data, '$.usage.input') + json_extract(data, '$.usage.output'), json_extract(data, '$.cost')
  from start cross join event
    on place > start.sessionKey * 67108864 + start.seq and place < (start.sessionKey + 1) * 67108864
  join eventType using (typeKey)
  where name = 'attempt.ended' and json_valid(data);
update session set (activityTokens, activityCost) = (
  with recursive total (position, tokens, cost) as (
    select 0, 0, 0.0
    union all
    select spent.position, total.tokens + spent.tokens, total.cost + spent.cost
    from total cross join spent on spent.sessionKey = session.sessionKey and spent.position = total.position + 1
  )
  select tokens, cost from total order by position desc limit 1
);
drop table spent;
create index session_root on session (rootId, sessionId);
update floor set rows = json_set(rows,
  '$.session[0].rootId', json_extract(rows, '$.session[0].sessionId'),
  '$.session[0].activityTokens', 0, '$.session[0].activityCost', 0, '$.ask', json('[]'), '$.todo', json('[]')
) where json_valid(rows);

create table ask (
  sessionKey integer not null, askId text not null, executionId text not null, callId text, kind text not null,
  identity text not null, state text not null, seq integer not null, closedSeq integer, expires integer,
  primary key (sessionKey, askId)
) strict, without rowid;
create index ask_order on ask (sessionKey, seq);
create index ask_open on ask (sessionKey, seq, callId, identity, state) where state = 'open';

create table todo (sessionKey integer primary key, seq integer not null, items text not null) strict;

create index admission_withdrawn on admission (sessionKey, seq) where disposition = 'withdrawn';

create table tombstone (
  sessionKey integer primary key, sessionId text not null unique, headSeq integer not null, headHash text not null,
  prevHash text not null, fence integer not null, swept integer not null
) strict;
create index tombstone_unswept on tombstone (sessionKey) where swept = 0;

create table approval (
  project text not null, action text not null, resource text not null, agent text not null, askId text not null,
  sessionId text not null, time integer not null, primary key (project, action, resource, agent)
) strict, without rowid;
`),
};
