// A process of the torture "kill": prompts a session and works on it, until a fault point kills it.
import { setTimeout as sleep } from "node:timers/promises";

import { faultPointsFromEnvironment } from "@holdfast/testkit/fault";

import { argumentOf, tell } from "../child-process.ts";
import { allowAsked, openPlot, promptId } from "./plot.ts";

import type { PlotPlace } from "./plot.ts";

const place = argumentOf() as PlotPlace;
const { sessionId, directory } = place;
const { holdfast } = await openPlot(place, {
  recovery: "off",
  faults: faultPointsFromEnvironment(),
  isVictim: true,
});
await holdfast.sessions.create({ id: sessionId, location: { directory } });
await holdfast.sessions.prompt({ sessionId, id: promptId, text: "Look, then mark." });
let outcome = await holdfast.sessions.wait({ sessionId });
if (outcome.status === "asking" && place.asks === "answer") await allowAsked(holdfast, sessionId);
// What kills it while it asks comes by itself: its claim is given up, or the ask's time passes.
for (let look = 0; look < 400 && outcome.status === "asking"; look++) {
  await sleep(25);
  outcome = await holdfast.sessions.wait({ sessionId });
}
tell({ survived: outcome.status });
await holdfast[Symbol.asyncDispose]();
