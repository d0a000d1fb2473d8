import { createIdSource, HoldfastError } from "@holdfast/core";
import { createGate, createMemoryStore } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { runtimeOptionsSchema } from "../src/facade/runtime-options-schema.ts";
import { LiveHub } from "../src/live/live-hub.ts";
import { LocationMap } from "../src/location/location-map.ts";
import { Owner } from "../src/owner/owner.ts";
import { randomText } from "../src/ports/random-text.ts";
import { SharedOutputs } from "../src/output/shared-outputs.ts";
import { systemClock } from "../src/ports/system-clock.ts";
import { toServices } from "../src/services.ts";
import { CommitQueue } from "../src/session/commit-queue.ts";
import { Committer } from "../src/session/committer.ts";
import { HistoryCache } from "../src/session/history-cache.ts";
import { withDetours } from "./faulty-store.ts";

import type { CommitPlan, CommitResult } from "@holdfast/core/store";

it("what was staged for a commit whose condition did not hold comes before what was decided after it", async () => {
  const committed: (readonly string[])[] = [];
  const mayRefuse = createGate();
  const commit = async ({ events }: CommitPlan): Promise<CommitResult> => {
    const types = events.map(({ type }) => type);
    committed.push(types);
    if (types.includes("ask.expired")) {
      await mayRefuse.opened;
      throw new HoldfastError("store.condition-failed", { message: "Expected an open ask, found none. Look again." });
    }
    return { status: "committed", head: { seq: 0, hash: "" }, claim: null, events: [] };
  };
  const ids = createIdSource(systemClock, randomText);
  const store = withDetours(createMemoryStore(), { commit });
  const services = toServices(runtimeOptionsSchema.parse({ store, model: () => null }), {
    disposal: new AbortController().signal,
    rest: new AbortController().signal,
  });
  const locations = new LocationMap(services);
  const kernel = {
    services,
    locations,
    owner: new Owner(services),
    committer: new Committer(services, locations),
    live: new LiveHub(),
    histories: new HistoryCache(store),
    outputs: new SharedOutputs(store),
  };
  using queue = new CommitQueue(
    kernel,
    {
      sessionId: ids.next("ses"),
      fence: { owner: ids.next("own"), fence: 1 },
      onBroken: (error) => expect.unreachable(String(error)),
      mayRetry: () => false,
    },
    true,
  );
  const { committer } = kernel;
  const messageId = ids.next("msg");
  const [stepId, callId, askId] = [ids.next("stp"), ids.next("cal"), ids.next("ask")];
  queue.stage(committer.draft("text.ended", { messageId, position: 0, text: "before" }));
  const refused = queue.commit([committer.draft("ask.expired", { askId, reason: "settled" })], { conditional: true });
  queue.stage(committer.draft("step.ended", { stepId, finish: "stop" }));
  const next = queue.commit(
    [committer.draft("tool.settled", { callId, outcome: { status: "failed", kind: "defect", content: "" } })],
    {},
  );
  mayRefuse.open();
  await expect(refused).rejects.toMatchObject({ code: "store.condition-failed" });
  await next;
  await queue.flush();
  expect(committed).toEqual([
    ["text.ended", "ask.expired"],
    ["text.ended", "step.ended", "tool.settled"],
  ]);
});
