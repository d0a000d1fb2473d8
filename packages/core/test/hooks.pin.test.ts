import { expect, it } from "vitest";

import { hookCatalogue } from "../src/plugin/hook-catalogue.ts";
import { createLocationHooks } from "../src/plugin/hooks.ts";

// What plugins and hosts rely on. A new hook: a line here. One that is gone, or whose line changed: a major version, and a line in the changeset.
const pinned = {
  opening: "precedes, 30000 ms, fails closed",
  opened: "watches, 10000 ms, fails open",
  closing: "precedes, 5000 ms, fails open",
  contextCollecting: "decides, 5000 ms, fails open",
  toolsCollecting: "decides, 5000 ms, fails open",
  requestPreparing: "decides, 5000 ms, fails open",
  toolCallPreparing: "decides, 5000 ms, fails open",
  toolCallAuthorizing: "decides, 10000 ms, fails closed",
  toolResultShaping: "decides, 5000 ms, fails open",
  compactionPreparing: "decides, 5000 ms, fails open",
  eventsCommitted: "watches, 10000 ms, fails open",
};

it("the hooks are the pinned ones, each with the pinned kind, limit and policy", () => {
  const found = Object.entries(hookCatalogue).map(([name, { kind, limitMs, failsClosed }]) => [
    name,
    `${kind}, ${limitMs} ms, fails ${failsClosed ? "closed" : "open"}`,
  ]);
  expect(Object.fromEntries(found)).toEqual(pinned);
  expect(Object.keys(createLocationHooks()).toSorted()).toEqual(Object.keys(pinned).toSorted());
});
