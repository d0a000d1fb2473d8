// A process of the torture "effects": does what its part says on the one session, until a fault point kills it.
import { faultPointsFromEnvironment } from "@holdfast/testkit/fault";

import { argumentOf, tell } from "../child-process.ts";
import { promptId } from "../kill/plot.ts";
import { openScene, sessionId } from "./scene.ts";

import type { Scene } from "./scene.ts";

/** `work`: prompts, as a host does that repeats its start after a crash. `resume`: only goes on. `answer`: answers the one open ask. */
export type Part = "work" | "resume" | { readonly answer: "happened" | "continue" | "give-up" };

const { part, ...scene } = argumentOf() as Scene & { readonly part: Part };
const { holdfast } = await openScene(scene, { recovery: "off", faults: faultPointsFromEnvironment() });
if (part === "work") await holdfast.sessions.prompt({ sessionId, id: promptId, text: "Act." });
if (typeof part === "object") {
  const [ask] = (await holdfast.asks.list({ sessionId })).asks;
  if (ask === undefined) throw new Error("expected an open ask, found none");
  const { askId, identity } = ask;
  await holdfast.asks.answer({ sessionId, askId, identity, answer: { kind: "unknown-effect", reply: part.answer } });
} else await holdfast.sessions.resume({ sessionId });
const { status } = await holdfast.sessions.wait({ sessionId, timeoutMs: 20_000 });
tell({ status });
await holdfast[Symbol.asyncDispose]();
