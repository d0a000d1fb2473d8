// A process of the torture "stale": the owner, which works and is stopped by the system at a place; or the taker, which takes over.
import { createInterface } from "node:readline";

import { silentLogger } from "@holdfast/core";

import { argumentOf, tell } from "../child-process.ts";
import { openPlot, stumbling } from "./plot.ts";

import type { JsonObject, SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/** How a process of this torture is started. */
export interface WorkerArgument {
  readonly directory: string;
  readonly store: string;
  readonly part: "owner" | "taker";
}

/** What the owner is told to do: sessions to work on at once, and where to stop, and at which time that it is reached. */
export interface Order {
  readonly sessions: readonly string[];
  readonly place: string;
  readonly time: number;
}

const { directory, store, part } = argumentOf() as WorkerArgument;
/** Long enough to be stopped in, on a loaded machine too; shorter than a claim. */
const haltMs = 250;
let armed: { readonly place: string; left: number } | undefined;

/** Halts here until whoever started this process has stopped it. Nothing after the place happens before it is told to go on. */
const reach = (place: string): void => {
  if (armed?.place !== place || --armed.left > 0) return;
  armed = undefined;
  tell({ says: "stopping" });
  // A process that stops itself could not be told from one that will in a moment: it would then sleep through its awakening.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, haltMs);
};

const lost = new Set<string>();
const note = (message: string, data?: JsonObject): void => {
  if (message.includes("stops here") && typeof data?.["sessionId"] === "string") lost.add(data["sessionId"]);
};

/** Tells of each take-over where the log ended at that moment: nothing of the former owner may come after it. */
const watching = (opened: Store): Store =>
  new Proxy(opened, {
    get: (target, key) => {
      if (key === "commit") {
        const commit: Store["commit"] = async (plan) => {
          const result = await target.commit(plan);
          if (plan.claim?.action === "take" && plan.events.length === 0)
            tell({ says: "taken", sessionId: plan.sessionId, fence: plan.claim.fence, headSeq: result.head.seq });
          return result;
        };
        return commit;
      }
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });

const holdfast = await openPlot({
  directory,
  store,
  recovery: part === "taker" ? "resume" : "park",
  faults: { reach },
  logger: { ...silentLogger, warn: note, error: note },
  stumbles: part === "owner",
  watching,
});
const { sessions } = holdfast;

const begin = async (id: string): Promise<SessionId> => {
  const { id: sessionId } = await sessions.create({ id, location: { directory } });
  await sessions.prompt({ sessionId, text: `${stumbling} In ${id}.` });
  return sessionId;
};

const statusOf = async (sessionId: string): Promise<string> =>
  (await sessions.wait({ sessionId, timeoutMs: 20_000 })).status;

const work = async (order: Order): Promise<void> => {
  armed = { place: order.place, left: order.time };
  const statuses = await Promise.all(order.sessions.map(async (id) => statusOf(await begin(id))));
  armed = undefined;
  // It goes on usefully: with a session of its own, and with one that it may have lost.
  const [first = ""] = order.sessions;
  await sessions.prompt({ sessionId: first, text: "And now?" });
  const later = await Promise.all([statusOf(await begin(`${first}Later`)), statusOf(first)]);
  tell({ says: "done", statuses: [...statuses, ...later], lost: [...lost] });
  lost.clear();
};

tell({ says: "ready" });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  await work(JSON.parse(line) as Order);
}
await holdfast[Symbol.asyncDispose]();
process.stdin.destroy();
