/**
 * The first schema. Frozen: a change is a new migration.
 *
 * Every filter of a projection's condition has a primary key or an index of its own, most of them partial, so that the cost of a
 * commit does not grow with the session. There is no unique index on the event's ID: it costs 9 to 17 µs a row (measured), our
 * IDs carry 72 random bits, and an import checks for reuse itself.
 */
export const initial = {
  name: "0001-initial",
  sql: `
create table meta (key text primary key, value text not null) strict, without rowid;

create table event (
  sessionId text not null, seq integer not null, id text not null, type text not null, version integer not null,
  time integer not null, fence integer, ignorable integer not null, prevHash text not null, hash text not null,
  data text not null, primary key (sessionId, seq)
) strict, without rowid;

create table session (
  sessionId text primary key, parentId text, directory text not null, workspaceId text, project text not null,
  agent text not null, model text, title text not null, denies text not null, createdTime integer not null,
  inputTokens integer not null, outputTokens integer not null, cost real not null,
  headSeq integer not null default -1, headHash text not null default ''
) strict, without rowid;
create index session_newest on session (createdTime desc, sessionId desc);

create table input (
  sessionId text not null, messageId text not null, seq integer not null, delivery text not null, state text not null,
  awake integer not null, promotedSeq integer, version integer not null, primary key (sessionId, messageId)
) strict, without rowid;
create index input_pending on input (sessionId, seq) where state = 'pending';
create index input_awake on input (sessionId) where state = 'pending' and awake = 1;

create table message (
  sessionId text not null, messageId text not null, seq integer not null, role text not null,
  primary key (sessionId, messageId)
) strict, without rowid;
create unique index message_order on message (sessionId, seq);

create table block (
  sessionId text not null, messageId text not null, position integer not null, seq integer not null, kind text not null,
  primary key (sessionId, messageId, position)
) strict, without rowid;

create table call (
  sessionId text not null, callId text not null, messageId text not null, stepId text not null, position integer not null,
  name text not null, state text not null, calledSeq integer not null, begunSeq integer, begun integer not null,
  settledSeq integer, primary key (sessionId, callId)
) strict, without rowid;
create index call_open on call (sessionId, calledSeq) where state in ('called', 'begun');
create index call_message on call (sessionId, messageId);
create index call_settled on call (sessionId, settledSeq) where settledSeq is not null;

create table execution (
  sessionId text not null, executionId text not null, seq integer not null, state text not null, runtime text not null,
  denies text not null, interruptSeq integer, outcome text, endedSeq integer, primary key (sessionId, executionId)
) strict, without rowid;
create index execution_order on execution (sessionId, seq);
create index execution_open on execution (runtime, sessionId) where state = 'open';
create unique index execution_one_open on execution (sessionId) where state = 'open';

create table step (
  sessionId text not null, stepId text not null, executionId text not null, seq integer not null, position integer not null,
  state text not null, endedSeq integer, primary key (sessionId, stepId)
) strict, without rowid;
create unique index step_one_open on step (sessionId) where state = 'open';
create index step_execution on step (sessionId, executionId, seq);
create index step_ended on step (sessionId, endedSeq) where endedSeq is not null;

create table attempt (
  sessionId text not null, stepId text not null, attempt integer not null, messageId text not null, seq integer not null,
  state text not null, endedSeq integer, primary key (sessionId, stepId, attempt)
) strict, without rowid;
create unique index attempt_one_open on attempt (sessionId) where state = 'open';
create index attempt_message on attempt (sessionId, messageId);

create table admission (
  messageId text primary key, sessionId text not null, idempotencyKey text, payloadHash text not null, seq integer not null
) strict, without rowid;
create unique index admission_key on admission (sessionId, idempotencyKey) where idempotencyKey is not null;

create table claim (
  sessionId text primary key, owner text, fence integer not null, recoveries integer not null, takenSeq integer not null
) strict, without rowid;

create table owner (
  ownerId text primary key, runtime text not null, host text not null, boot text, pidNamespace text, pid integer not null,
  startTime text, counter integer not null
) strict, without rowid;

create table blob (hash text primary key, bytes integer not null, text text not null) strict;
create table blobReference (
  sessionId text not null, seq integer not null, hash text not null, primary key (sessionId, seq, hash)
) strict, without rowid;
create index blobReference_hash on blobReference (hash);

create table output (
  sessionId text not null, callId text not null, attempt integer not null, size integer not null, expires integer not null,
  primary key (sessionId, callId, attempt)
) strict, without rowid;
create table outputChunk (
  sessionId text not null, callId text not null, attempt integer not null, position integer not null, content blob not null,
  primary key (sessionId, callId, attempt, position)
) strict;
`,
} as const;
