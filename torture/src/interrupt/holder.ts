// A process of the torture "interrupt": brings sessions to the points that it is told, and holds them there.
import { createInterface } from "node:readline";

import { argumentOf, tell } from "../child-process.ts";
import { holdSession } from "./held-session.ts";

import type { HeldPlace, HeldSession } from "./held-session.ts";

let held: HeldSession | undefined;
tell({ ready: argumentOf() !== undefined });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  else if (line === "go") held?.go();
  else if (line === "leave") {
    await held?.[Symbol.asyncDispose]();
    tell({ left: true });
  } else {
    held = await holdSession(JSON.parse(line) as HeldPlace);
    tell({ held: true });
  }
}
process.stdin.destroy();
