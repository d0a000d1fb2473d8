import { HoldfastError } from "@holdfast/core";
import { assertFloor, assertNotDeleted } from "@holdfast/core/store";

import { TombstoneTable } from "../delete/tombstone-table.ts";
import { FloorGroundReader } from "./floor-ground.ts";
import { FloorTable } from "./floor-table.ts";

import type { FrozenMessage, PrunePlan } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { KeyedSession, SessionKeys } from "../session-keys.ts";

/** Moves a session's floor up, inside its caller's transactions: first the messages are frozen, then the floor moves. */
export class FloorMover {
  readonly #keys: SessionKeys;
  readonly #floors: FloorTable;
  readonly #ground: FloorGroundReader;
  readonly #tombstones: TombstoneTable;
  readonly #settleAdmissions: Statement;

  constructor(connection: Connection, keys: SessionKeys) {
    this.#keys = keys;
    this.#floors = new FloorTable(connection, keys);
    this.#ground = new FloorGroundReader(connection, keys, this.#floors);
    this.#tombstones = new TombstoneTable(connection);
    this.#settleAdmissions = connection.prepare(`
      update admission set disposition = input.state from input
      where input.sessionKey = :key and input.seq <= :seq and admission.messageId = input.messageId
        and admission.sessionKey = :key`);
  }

  /** The session whose floor is moved. @throws session.deleted, store.condition-failed */
  assertMovable(plan: PrunePlan): KeyedSession {
    const { sessionId } = plan.floor;
    const key = this.#keys.find(sessionId);
    assertNotDeleted(sessionId, this.#tombstones.find(key));
    assertFloor(plan, this.#ground.read(plan));
    if (key === null) throw new TypeError(`a floor was found movable for session ${sessionId}, which is not there`);
    return { sessionId, key };
  }

  /** Freezes messages, again where they are frozen. Of a plan that is out of date none, or it would change what is read below the floor. */
  freeze(plan: PrunePlan, messages: readonly FrozenMessage[]): void {
    const session = this.assertMovable(plan);
    const { seq } = plan.floor;
    const between = messages.filter((message) => message.seq > (plan.expected ?? -1) && message.seq <= seq);
    for (const message of between) this.#floors.freeze(session, message);
  }

  /** Returns the session whose floor was moved. @throws store.condition-failed */
  move(plan: PrunePlan): KeyedSession {
    const session = this.assertMovable(plan);
    const { sessionId, seq } = plan.floor;
    if (!this.#ground.isFrozen(plan)) {
      throw new HoldfastError("store.condition-failed", {
        message: `Expected every message of session ${sessionId} up to event ${seq} in the plan that prunes it, chained to the floor's messagesHash, found other ones. Plan the pruning anew.`,
        data: { sessionId, seq },
      });
    }
    this.#floors.put(session, plan.floor);
    this.#settleAdmissions.run({ key: session.key, seq });
    return session;
  }
}
