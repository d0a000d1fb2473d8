// A process of the torture "kill": prompts a session and works on it, until a fault point kills it.
import { faultPointsFromEnvironment } from "@holdfast/testkit/fault";

import { argumentOf, tell } from "../child-process.ts";
import { openPlot, promptId } from "./plot.ts";

import type { PlotPlace } from "./plot.ts";

const place = argumentOf() as PlotPlace;
const { holdfast } = await openPlot(place, {
  recovery: "off",
  faults: faultPointsFromEnvironment(),
  stumble: place.stumble,
});
await holdfast.sessions.create({ id: place.sessionId, location: { directory: place.directory } });
await holdfast.sessions.prompt({ sessionId: place.sessionId, id: promptId, text: "Look, then mark." });
const outcome = await holdfast.sessions.wait({ sessionId: place.sessionId });
tell({ survived: outcome.status });
await holdfast[Symbol.asyncDispose]();
