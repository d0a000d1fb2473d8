import { statementsOf } from "./migration.ts";

import type { Migration } from "./migration.ts";

/**
 * Logs that begin at a floor, sessions that come from elsewhere, admissions that can be told without their events, and rows of half
 * the size. Frozen: a change is a new migration.
 *
 * Every table is written anew. A session has a number, `sessionKey`, and what belongs to it is keyed by that; `execution` and `input`
 * keep its ID as well, since open work is listed in the order of IDs. An event's hash is kept as its 32 bytes (a damaged one as the
 * bytes of its text, so that it is still found), its type as a number, its ID without a prefix, and the hash before it not at all: it
 * is that of the row before. The log is in the order of places, which are made of the session's number and the seq: see
 * event-place.ts. Blobs are referred to by number.
 *
 * A row whose session or event is missing, or an admission without a delivery, fails a condition of a new table or the count of its
 * rows, and with it the migration. Version 1 would not find its columns, so it may not read on.
 *
 * Steps of a session follow one another, so one index in their order finds the last one and the last that ended. Other changes of
 * indexes serve what version 1 scanned: the attempts of a session for each block, its calls for each step's end, and all sessions for
 * those of one directory or parent.
 */
export const floorsAndReplicas: Migration = {
  name: "0002-floors-and-replicas",
  rewritesData: true,
  minReaderVersion: 2,
  statements: statementsOf(`
create table newSession (
  sessionKey integer primary key, sessionId text not null unique, parentId text, directory text not null, workspaceId text,
  project text not null, agent text not null, model text, title text not null, denies text not null,
  createdTime integer not null, inputTokens integer not null, outputTokens integer not null, cost real not null,
  headSeq integer not null default -1, headHash text not null default ''
) strict;
insert into newSession
  select null, sessionId, parentId, directory, workspaceId, project, agent, model, title, denies, createdTime, inputTokens,
    outputTokens, cost, headSeq, headHash
  from session order by createdTime, sessionId;
drop table session;
alter table newSession rename to session;
create index session_newest on session (createdTime desc, sessionId desc);
create index session_directory on session (directory, createdTime desc, sessionId desc);
create index session_parent on session (parentId, createdTime desc, sessionId desc) where parentId is not null;

create table newAdmission (
  messageId text primary key, sessionKey integer not null, idempotencyKey text, payloadHash any not null, seq integer not null,
  hash any not null, delivery text not null, disposition text
) strict, without rowid;
insert into newAdmission
  select admission.messageId, sessionKey, admission.idempotencyKey,
    iif(length(unhex(admission.payloadHash)) = 32 and admission.payloadHash = lower(admission.payloadHash),
      unhex(admission.payloadHash), admission.payloadHash),
    admission.seq, coalesce(unhex(event.hash), event.hash), json_extract(event.data, '$.delivery'), null
  from admission join session using (sessionId)
  join event on event.sessionId = admission.sessionId and event.seq = admission.seq;
drop table admission;
alter table newAdmission rename to admission;
create unique index admission_key on admission (sessionKey, idempotencyKey) where idempotencyKey is not null;

create table eventType (typeKey integer primary key, name text not null unique) strict;
insert into eventType (name) select distinct type from event order by type;
create table newEvent (
  place integer primary key, id text not null, typeKey integer not null, version integer not null, time integer not null,
  fence integer, ignorable integer not null, hash blob not null, data text not null,
  sessionKey integer generated always as (place >> 26) virtual, seq integer generated always as (place & 67108863) virtual
) strict;
insert into newEvent (place, id, typeKey, version, time, fence, ignorable, hash, data)
  select sessionKey * 67108864 + event.seq, iif(event.id glob 'evt_*', substr(event.id, 5), event.id), eventType.typeKey, event.version, event.time, event.fence, event.ignorable,
    coalesce(unhex(event.hash), cast(event.hash as blob)), event.data
  from session join event using (sessionId) join eventType on eventType.name = event.type
  order by sessionKey, event.seq;
drop table event;
alter table newEvent rename to event;

create table newInput (
  sessionKey integer not null, sessionId text not null, messageId text not null, seq integer not null, delivery text not null,
  state text not null, awake integer not null, promotedSeq integer, version integer not null,
  primary key (sessionKey, messageId)
) strict, without rowid;
insert into newInput
  select sessionKey, sessionId, messageId, seq, delivery, state, awake, promotedSeq, version
  from input join session using (sessionId);
drop table input;
alter table newInput rename to input;
create index input_pending on input (sessionKey, seq, awake) where state = 'pending';
create index input_awake on input (sessionId) where state = 'pending' and awake = 1;

create table newMessage (
  sessionKey integer not null, messageId text not null, seq integer not null, role text not null,
  primary key (sessionKey, messageId)
) strict, without rowid;
insert into newMessage select sessionKey, messageId, seq, role from message join session using (sessionId);
drop table message;
alter table newMessage rename to message;
create unique index message_order on message (sessionKey, seq);

create table newBlock (
  sessionKey integer not null, messageId text not null, position integer not null, seq integer not null, kind text not null,
  primary key (sessionKey, messageId, position)
) strict, without rowid;
insert into newBlock select sessionKey, messageId, position, seq, kind from block join session using (sessionId);
drop table block;
alter table newBlock rename to block;

create table newCall (
  sessionKey integer not null, callId text not null, messageId text not null, stepId text not null, position integer not null,
  name text not null, state text not null, calledSeq integer not null, begunSeq integer, begun integer not null,
  settledSeq integer, primary key (sessionKey, callId)
) strict, without rowid;
insert into newCall
  select sessionKey, callId, messageId, stepId, position, name, state, calledSeq, begunSeq, begun, settledSeq
  from call join session using (sessionId);
drop table call;
alter table newCall rename to call;
create index call_open on call (sessionKey, calledSeq, stepId, state) where state in ('called', 'begun');
create index call_message on call (sessionKey, messageId);
create index call_settled on call (sessionKey, settledSeq) where settledSeq is not null;

create table newExecution (
  sessionKey integer not null, sessionId text not null, executionId text not null, seq integer not null, state text not null,
  runtime text not null, denies text not null, interruptSeq integer, outcome text, endedSeq integer,
  primary key (sessionKey, executionId)
) strict, without rowid;
insert into newExecution
  select sessionKey, sessionId, executionId, seq, state, runtime, execution.denies, interruptSeq, outcome, endedSeq
  from execution join session using (sessionId);
drop table execution;
alter table newExecution rename to execution;
create index execution_order on execution (sessionKey, seq);
create index execution_open on execution (runtime, sessionId) where state = 'open';
create unique index execution_one_open on execution (sessionKey) where state = 'open';

create table newStep (
  sessionKey integer not null, stepId text not null, executionId text not null, seq integer not null, position integer not null,
  state text not null, endedSeq integer, primary key (sessionKey, stepId)
) strict, without rowid;
insert into newStep
  select sessionKey, stepId, executionId, seq, position, state, endedSeq from step join session using (sessionId);
drop table step;
alter table newStep rename to step;
create unique index step_one_open on step (sessionKey) where state = 'open';
create index step_order on step (sessionKey, seq);

create table newAttempt (
  sessionKey integer not null, stepId text not null, attempt integer not null, messageId text not null, seq integer not null,
  state text not null, endedSeq integer, primary key (sessionKey, stepId, attempt)
) strict, without rowid;
insert into newAttempt
  select sessionKey, stepId, attempt, messageId, seq, state, endedSeq from attempt join session using (sessionId);
drop table attempt;
alter table newAttempt rename to attempt;
create unique index attempt_one_open on attempt (sessionKey) where state = 'open';
create index attempt_message on attempt (sessionKey, messageId, state);

create table newClaim (
  sessionKey integer primary key, owner text, fence integer not null, recoveries integer not null, takenSeq integer not null
) strict;
insert into newClaim select sessionKey, owner, fence, recoveries, takenSeq from claim join session using (sessionId);
drop table claim;
alter table newClaim rename to claim;

create table newBlob (blobKey integer primary key, hash text not null unique, bytes integer not null, text text not null) strict;
insert into newBlob select rowid, hash, bytes, text from blob;
create table newBlobReference (
  sessionKey integer not null, seq integer not null, blobKey integer not null, primary key (sessionKey, seq, blobKey)
) strict, without rowid;
insert into newBlobReference
  select sessionKey, seq, blobKey from blobReference join session using (sessionId) join newBlob using (hash);
drop table blobReference;
drop table blob;
alter table newBlob rename to blob;
alter table newBlobReference rename to blobReference;
create index blobReference_blob on blobReference (blobKey);

create table floor (
  sessionKey integer primary key, seq integer not null, hash text not null, fence integer not null, messagesHash text not null,
  rows text not null
) strict;
create table frozenMessage (
  sessionKey integer not null, seq integer not null, messageId text not null, role text not null, value text not null,
  hash text not null, primary key (sessionKey, seq)
) strict, without rowid;
create table replica (sessionKey integer primary key, replayOwner text) strict;

create index output_expires on output (expires);
`),
};
