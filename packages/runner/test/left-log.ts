import { spawn } from "node:child_process";
import { once } from "node:events";

import { definePlugin } from "@holdfast/core/plugin";
import { createDrafts, createMemoryStore, createPlan, admitPlan, ownerPlan, startPlan } from "@holdfast/testkit";

import { ToolRegistry } from "../src/location/tool-registry.ts";
import { UseCount } from "../src/location/use-count.ts";
import { identifyProcess } from "../src/owner/process-identity.ts";
import { makeFolder, shared } from "./stage.ts";

import type { EventDraft } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { Tool } from "@holdfast/core/tool";
import type { Drafts } from "@holdfast/testkit";

/** A log that an owner left in the middle of an execution. */
export interface LeftLog extends AsyncDisposable {
  readonly store: Store;
  readonly directory: string;
  readonly drafts: Drafts;
}

/** What is left, and by whom. `gone`: its process is proven to be gone. `released`: it gave its claim up, and may still run. */
export interface Leaving {
  readonly owner?: "gone" | "released";
  /** What the first message says. Default "Go". */
  readonly text?: string;
  /** What follows the start of the execution, in one commit. */
  readonly events: (drafts: Drafts) => readonly EventDraft[];
}

/** Writes a log as an owner had left it, over a store of its own. */
export const leaveLog = async ({ owner = "gone", text = "Go", events }: Leaving): Promise<LeftLog> => {
  const folder = await makeFolder();
  const store = shared(createMemoryStore());
  const drafts = createDrafts("left");
  const location = { directory: folder.path };
  await store.commit(createPlan(drafts, { location, project: folder.path }));
  await store.commit(admitPlan(drafts, { text }));
  const identity = { ...(await identifyProcess()), pid: await deadPid(), startTime: "1" };
  await store.renew({ ownerId: drafts.ownerId, runtime: "default", ...identity });
  const { claim } = startPlan(drafts);
  const started = drafts.started({ runtime: "default" });
  await store.commit({
    sessionId: drafts.sessionId,
    events: [started, ...events(drafts)],
    ...(claim === undefined ? {} : { claim }),
  });
  if (owner === "released") {
    await store.commit({ ...ownerPlan(drafts, []), claim: { action: "release" } });
    await store.retire(drafts.ownerId);
  }
  return { store, directory: folder.path, drafts, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
};

/** The events of a step up to a call of a tool that had begun. */
export const begunCall = (
  drafts: Drafts,
  tool: Tool,
  begun: Partial<Parameters<Drafts["begun"]>[0]> & object = {},
): readonly EventDraft[] => [
  ...calledCall(drafts, tool),
  drafts.attemptEnded({ finish: "tool-calls" }),
  drafts.begun({ replay: tool.replay ?? "never", definition: definitionOf(tool), ...begun }),
];

/** The events of a step up to a call of a tool. */
export const calledCall = (drafts: Drafts, tool: Tool): readonly EventDraft[] => [
  drafts.promoted(),
  drafts.stepStarted(),
  drafts.attemptStarted(),
  drafts.called({ position: 0, name: tool.name, definition: definitionOf(tool) }),
];

/** The hash of what a model is told of a tool. */
export const definitionOf = (tool: Tool): string => {
  const registry = new ToolRegistry();
  const plugin = definePlugin({ name: "left", setup: () => {} });
  registry.register(tool, { plugin, uses: new UseCount(), isListed: true });
  return registry.capture().get(tool.name)?.definition ?? "";
};

const deadPid = async (): Promise<number> => {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? -1;
};
