import { toTextValue } from "@holdfast/core/event";

import { sha256 } from "../ports/sha256.ts";
import { reasonOf } from "../reason-of.ts";
import { AttachedMedia } from "./attached-media.ts";
import { CallAuthorizer } from "./authorize-call.ts";
import { stopped } from "./call-outcomes.ts";
import { hookedCall, prepareInput } from "./call-hooks.ts";
import { CallLife } from "./call-life.ts";
import { callOutputs } from "./call-outputs.ts";
import { callTodos } from "./call-todos.ts";
import { commitClosing } from "./commit-closing.ts";
import { KeptOutput } from "./kept-output.ts";
import { prepareCall } from "./prepare-call.ts";
import { readCallInput } from "./read-call-input.ts";
import { defect, outcomeOfOutput, outcomeOfThrow } from "./settle-call.ts";
import { toolContext } from "./tool-context.ts";

import type { CallOutcome } from "@holdfast/core/event";
import type { LocationHooks } from "@holdfast/core/plugin";
import type { RegisteredTool } from "../location/tool-registry.ts";
import type { Tool } from "@holdfast/core/tool";
import type { CallInput } from "./read-call-input.ts";
import type { AuthorizedCall } from "./authorize-call.ts";
import type { CallPlace } from "./call-place.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { PreparedCall } from "./prepare-call.ts";
import type { CallPhase } from "./settle-call.ts";
import type { Settlement } from "./settlement.ts";
import type { TakenCall } from "./taken-call.ts";

const defaultTimeoutMs = 600_000;

/**
 * One call from its input to its outcome: prepared, authorised, begun, executed. Undefined where it stays open, for whoever takes the
 * session next. Never rejects.
 */
export const runCall = async (
  kernel: Kernel,
  lane: Lane,
  {
    call,
    registered,
    hooks,
    place,
  }: {
    readonly call: TakenCall;
    readonly registered: RegisteredTool;
    readonly hooks: LocationHooks;
    readonly place: CallPlace;
  },
): Promise<CallOutcome | Settlement | undefined> => {
  const { clock, limits, logger, store } = kernel.services;
  const { tool } = registered;
  const timeoutMs = tool.timeoutMs ?? defaultTimeoutMs;
  // Its plugin may be removed meanwhile, and is not closed under its hands.
  using _ = registered.uses.take();
  // What had begun is known to have begun: it goes on, and is never said not to have been run.
  const isStale = (): boolean => call.before === undefined && !lane.work.location.tools.isCurrent(registered);
  using life = new CallLife(lane, clock, { timeoutMs, graceMs: limits.graceMs });
  place.use(life);
  const { callId } = call;
  const attempt = (call.before?.begun ?? 0) + 1;
  const kept = new KeptOutput(store, { sessionId: lane.work.sessionId, callId, attempt });
  const media = new AttachedMedia(limits);
  let phase: CallPhase = "called";
  try {
    life.signal.throwIfAborted();
    if (isStale()) return stopped("stale-registration");
    const read = await life.wait(readInput(lane, { call, tool, hooks }));
    if (!read.ok) return call.before === undefined ? read.outcome : misfit;
    // People are asked about what is run, and their answers are bound to it.
    const asked = read.changed === undefined ? call : { ...call, input: read.changed };
    const subject: AuthorizedCall = { call: asked, tool: tool.name, aside: place.aside };
    const authorizer = new CallAuthorizer(kernel, lane, subject);
    const prepared = await prepareCall(kernel, lane, { subject, authorizer, tool, input: read.input, life });
    await life.wait(authorizer.askPlugins(hooks, read.json));
    life.signal.throwIfAborted();
    if (isStale()) return stopped("stale-registration");
    lane.assertLease();
    await beginCall(lane, { call, registered, prepared, attempt, changed: read.changed });
    phase = "begun";
    // It may have been stopped, or lost, while its beginning was on its way to the disk.
    life.signal.throwIfAborted();
    lane.assertLease();
    life.begin();
    phase = "executing";
    const context = toolContext(kernel, lane, { ...call, signal: life.signal });
    const todos = callTodos(lane, life, callId);
    const outputs = callOutputs(kernel, lane, kept);
    const execution = { ...context, effect: prepared.effect, attempt, outputs, media, todos };
    const output = await life.wait(tool.execute(read.input, execution));
    return media.beside(kept.mark(await life.wait(outcomeOfOutput(tool, output))));
  } catch (error) {
    // The claim or the store is lost, so that nothing more can be said about the call here.
    if (lane.stopped === "fenced" || lane.stopped === "broken") return undefined;
    const found = outcomeOfThrow({ error, life, lane, phase, hadBegun: call.before !== undefined });
    if (found === undefined) return undefined;
    if (found !== "defect") return kept.mark(found);
    logger.error("a tool failed unexpectedly", { tool: tool.name, callId, reason: reasonOf(error) });
    return kept.mark(defect(tool.name, error, call.before === undefined ? phase : "executing"));
  }
};

/** The input as it is to be run with. That of a call which begins again was prepared when it began first. */
const readInput = (
  lane: Lane,
  { call, tool, hooks }: { readonly call: TakenCall; readonly tool: Tool; readonly hooks: LocationHooks },
): Promise<CallInput> => {
  const { before, input } = call;
  if (before?.changedInput !== undefined) return readChanged(tool, before.changedInput);
  if (before !== undefined || !hooks.toolCallPreparing.isUsed()) return readCallInput(tool, input);
  return readCallInput(tool, input, (json) => prepareInput(hooks, hookedCall(lane, call), json));
};

const readChanged = async (tool: Tool, changed: string): Promise<CallInput> => {
  const read = await readCallInput(tool, changed);
  return read.ok ? { ...read, changed } : read;
};

/** Of a call that had begun before: a schema says more than its definition tells, and nobody can say that it was not run. */
const misfit = stopped("unknown-outcome", "It was not run again: its input does not fit the tool's schema any more.");

const unchanged = { value: undefined, blobs: [] };

/** Makes the beginning durable; from then on the effect counts as perhaps done. */
const beginCall = async (
  lane: Lane,
  {
    call,
    registered,
    prepared,
    attempt,
    changed,
  }: {
    readonly call: TakenCall;
    readonly registered: RegisteredTool;
    readonly prepared: PreparedCall;
    readonly attempt: number;
    readonly changed: string | undefined;
  },
): Promise<void> => {
  const { tool, definition, plugin } = registered;
  const { effect, asserted } = prepared;
  const { callId } = call;
  const { value, blobs } = changed === undefined ? unchanged : toTextValue(changed, sha256);
  const permissions = asserted.map(({ action, resources }) => ({ action, resources: [...resources] }));
  const data = {
    callId,
    attempt,
    effect,
    ...(value === undefined ? {} : { input: value }),
    effectKey: callId,
    replay: tool.replay ?? "never",
    definition,
    plugin,
    ...(permissions.length === 0 ? {} : { asserted: permissions }),
  };
  // Nothing is left to be asked of it, also not what an earlier owner asked.
  await commitClosing(lane, [lane.draft("tool.begun", data, blobs)], { callId, blobs });
};
