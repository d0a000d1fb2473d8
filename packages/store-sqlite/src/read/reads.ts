import { FloorReader, rowsAboveFloor } from "./floor-reader.ts";
import { AdmissionTable } from "../commit/admission-table.ts";
import { ApprovalTable } from "../commit/approval-table.ts";
import { AskReader } from "./ask-reader.ts";
import { HistoryReader } from "./history-reader.ts";
import { LogReader } from "./log-reader.ts";
import { RecentSnapshot } from "./recent-snapshot.ts";
import { SessionReader } from "./session-reader.ts";
import { SnapshotReader } from "./snapshot-reader.ts";

import type { SessionId } from "@holdfast/core";
import type { SessionSnapshot, Store } from "@holdfast/core/store";
import type { Access } from "../access.ts";
import type { Connection } from "../driver.ts";
import type { EventTypes } from "../event-types.ts";
import type { KeyedSession, SessionKeys } from "../session-keys.ts";
import type { Versions } from "./recent-snapshot.ts";

/** What a store reads of sessions: every read is synchronous beneath its promise, and what takes several statements sees one moment. */
export class Reads {
  readonly #access: Access;
  readonly #keys: SessionKeys;
  readonly #log: LogReader;
  readonly #floors: FloorReader;
  readonly #admissions: AdmissionTable;
  readonly #sessions: SessionReader;
  readonly #asks: AskReader;
  readonly #approvals: ApprovalTable;
  readonly #snapshots: SnapshotReader;
  readonly #recent: RecentSnapshot;
  readonly #history: HistoryReader;

  constructor(
    connection: Connection,
    access: Access,
    { keys, types, versions }: { readonly keys: SessionKeys; readonly types: EventTypes; readonly versions: Versions },
  ) {
    this.#recent = new RecentSnapshot(versions);
    this.#access = access;
    this.#keys = keys;
    this.#log = new LogReader(connection, keys, types);
    this.#floors = new FloorReader(connection, keys);
    this.#admissions = new AdmissionTable(connection, keys);
    this.#asks = new AskReader(connection);
    this.#approvals = new ApprovalTable(connection);
    this.#sessions = new SessionReader(connection, keys);
    this.#snapshots = new SnapshotReader(connection);
    this.#history = new HistoryReader(connection, types);
  }

  floor: Store["floor"] = (sessionId) => this.#access.read(() => this.#floors.read(sessionId));
  head: Store["head"] = (sessionId) => this.#access.read(() => this.#log.head(sessionId));
  events: Store["events"] = (query) => this.#access.readTogether(() => this.#log.events(query));
  blob: Store["blob"] = (hash) => this.#access.read(() => this.#log.blob(hash));
  session: Store["session"] = (sessionId) => this.#access.read(() => this.#sessions.one(sessionId));
  sessions: Store["sessions"] = (query) => this.#access.read(() => this.#sessions.list(query));
  snapshot: Store["snapshot"] = (sessionId) =>
    this.#access.read(() => this.#recent.find(sessionId) ?? this.#access.together(() => this.#snapshotOf(sessionId)));

  input: Store["input"] = (query) =>
    this.#ofSession(query.sessionId, (session) => this.#sessions.input(session, query.messageId));
  admission: Store["admission"] = (identity) => this.#access.read(() => this.#admissions.find(identity));

  withdrawn: Store["withdrawn"] = (query) => this.#access.read(() => this.#admissions.withdrawn(query));

  todo: Store["todo"] = (sessionId) => this.#ofSession(sessionId, (session) => this.#sessions.todo(session));
  asks: Store["asks"] = (query) => this.#access.read(() => this.#asks.read(query));
  approvals: Store["approvals"] = ({ project }) => this.#access.read(() => this.#approvals.of(project));

  workloads: Store["workloads"] = (query) =>
    this.#access.readTogether(() => this.#sessions.workloads(query, this.#snapshots));

  rows: Store["rows"] = (sessionId) =>
    this.#access.readTogether(() => rowsAboveFloor(this.#sessions.rows(sessionId), this.#floors.read(sessionId)));

  history: Store["history"] = (query) =>
    this.#ofSession(query.sessionId, (session) => {
      const head = this.#sessions.one(query.sessionId) === null ? null : this.#log.head(query.sessionId);
      if (head === null) return null;
      return this.#history.read(session, query, { head, floor: this.#floors.read(query.sessionId) });
    });

  #snapshotOf(sessionId: SessionId): SessionSnapshot | null {
    const key = this.#keys.find(sessionId);
    return key === null ? null : this.#recent.keep(this.#snapshots.read({ sessionId, key }));
  }

  #ofSession<T>(sessionId: SessionId, read: (session: KeyedSession) => T): Promise<T | null> {
    return this.#access.readTogether(() => {
      const key = this.#keys.find(sessionId);
      return key === null ? null : read({ sessionId, key });
    });
  }
}
