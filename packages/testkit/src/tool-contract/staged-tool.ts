import { silentLogger } from "@holdfast/core";
import { createLocationHooks } from "@holdfast/core/plugin";

import { MemoryCallOutputs } from "../memory-call-outputs.ts";
import { createSeededIds } from "../seeded-ids.ts";
import { WatchedCalls } from "./watched-calls.ts";

import type { JsonObject, JsonValue } from "@holdfast/core";
import type { PluginHooks } from "@holdfast/core/plugin";
import type {
  CallMedia,
  ExecuteContext,
  PermissionAssertion,
  PrepareContext,
  ProbeContext,
  ProbeResult,
  Tool,
  ToolContext,
} from "@holdfast/core/tool";
import type { ToolCase, ToolSubject, ToolWorld, WorldSnapshot } from "./tool-subject.ts";

/** What the suite ends a call with that a rule or a person refused, as a runtime does. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** A tool as its types hide it from hosts. */
interface OpenTool {
  readonly prepare?: (input: unknown, ctx: PrepareContext) => Promise<JsonValue> | JsonValue;
  readonly execute: (input: unknown, ctx: ExecuteContext) => unknown;
  readonly probe?: (effect: JsonValue, ctx: ProbeContext) => Promise<ProbeResult> | ProbeResult;
  readonly present?: (output: unknown) => string;
}

/** How one phase is run. */
export interface PhaseOptions {
  /** Default: one that only counts. */
  readonly watch?: WatchedCalls;
  readonly signal?: AbortSignal;
  /** Which permission is refused, from 1. Default: none. */
  readonly refuseAt?: number;
  /** Which beginning it is. Default 1. */
  readonly attempt?: number;
  /** Told what is asked. */
  readonly onAsked?: (asked: PermissionAssertion) => void;
}

// A command ends whatever carries its call's mark: no two calls on this machine have one ID.
const ids = createSeededIds(process.pid);

/** One world with one call: its phases, each in a process of its own. */
export class StagedTool implements AsyncDisposable {
  readonly world: ToolWorld;
  readonly outputs = new MemoryCallOutputs();
  /** What calls attached, in order. */
  readonly attached: Parameters<CallMedia["attach"]>[0][] = [];
  /** What `execute` took of its context although it is not for it. */
  readonly strayed: string[] = [];
  readonly #name: string;
  readonly #input: JsonObject;
  readonly #context: Omit<ToolContext, "signal">;
  readonly #resources = new AsyncDisposableStack();

  private constructor(name: string, input: JsonObject, world: ToolWorld) {
    this.#name = name;
    this.#input = input;
    this.world = this.#resources.use(world);
    this.#context = {
      sessionId: ids.next("ses"),
      agent: "build",
      messageId: ids.next("msg"),
      callId: ids.next("cal"),
      effectKey: "key_of_the_call",
      location: { directory: world.directory },
      log: silentLogger,
      progress: () => undefined,
    };
  }

  /** @param setup In place of the case's own. */
  static async open<TWorld extends ToolWorld>(
    subject: ToolSubject<TWorld>,
    one: ToolCase<TWorld>,
    setup: ToolCase<TWorld>["setup"] = one.setup,
  ): Promise<StagedTool> {
    const world = await subject.open();
    await setup?.(world);
    return new StagedTool(subject.tool, one.input, world);
  }

  async tool(watch = new WatchedCalls()): Promise<Tool> {
    const tools = new Map<string, Tool>();
    const plugin = this.world.plugin(watch);
    const closing = new AbortController();
    this.#resources.defer(() => closing.abort());
    const dispose = await plugin.setup({
      location: { directory: this.world.directory },
      // Nothing is tapped: these run tools alone.
      hooks: Object.fromEntries(
        Object.keys(createLocationHooks()).map((hook) => [hook, { tapPromise: () => undefined }]),
      ) as unknown as PluginHooks,
      tools: {
        register: (tool) => {
          tools.set(tool.name, tool);
          return { [Symbol.dispose]: () => undefined };
        },
      },
      context: { register: () => ({ [Symbol.dispose]: () => undefined }) },
      rules: [],
      signal: closing.signal,
      log: silentLogger,
    });
    if (dispose !== undefined) this.#resources.defer(dispose);
    const tool = tools.get(this.#name);
    if (tool !== undefined) return tool;
    throw new TypeError(
      `expected plugin ${plugin.name} to register ${this.#name}, found ${[...tools.keys()].join(", ")}`,
    );
  }

  /** The first phase: the effect as a store gives it back, null for a tool without `prepare`. */
  async prepare(options: PhaseOptions = {}): Promise<JsonValue> {
    const { watch, refuseAt, onAsked, signal = new AbortController().signal } = options;
    const tool = await this.tool(watch);
    const open = tool as unknown as OpenTool;
    const input: unknown = tool.input.parse(this.#input);
    let asked = 0;
    const assert = async (assertion: PermissionAssertion): Promise<void> => {
      signal.throwIfAborted();
      onAsked?.(assertion);
      if (++asked === refuseAt) throw new Refused(JSON.stringify(assertion));
    };
    if (open.prepare === undefined) {
      await assert({ action: tool.name, resources: ["*"] });
      return null;
    }
    const ask: PrepareContext["ask"] = async ({ questions }) => {
      await assert({ action: tool.name, resources: questions.map(({ question }) => question) });
      return questions.map(({ options: choices }) => [choices?.[0]?.label ?? "yes"]);
    };
    const effect = await open.prepare(input, { ...this.#context, signal, permission: { assert }, ask });
    return JSON.parse(JSON.stringify(effect)) as JsonValue;
  }

  /** The second phase: the output as its schema takes it. */
  async execute(effect: JsonValue, options: PhaseOptions = {}): Promise<unknown> {
    const { watch, attempt = 1, signal = new AbortController().signal } = options;
    const tool = await this.tool(watch);
    const input: unknown = tool.input.parse(this.#input);
    const { outputs } = this;
    const media: ExecuteContext["media"] = { attach: (file) => void this.attached.push(file) };
    const todos = { update: async () => signal.throwIfAborted() };
    const ctx: ExecuteContext = { ...this.#context, signal, effect, attempt, outputs, media, todos };
    const stray = (name: string) => ({ get: () => void this.strayed.push(name) });
    Object.defineProperties(ctx, { permission: stray("permission"), ask: stray("ask") });
    return tool.output.parse(await (tool as unknown as OpenTool).execute(input, ctx));
  }

  async probe(effect: JsonValue, attempt = 1): Promise<ProbeResult> {
    const open = (await this.tool()) as unknown as OpenTool;
    if (open.probe === undefined) throw new TypeError(`expected ${this.#name} to have a probe, found none`);
    return open.probe(effect, { ...this.#context, signal: new AbortController().signal, attempt });
  }

  /** What the model would read. */
  async present(output: unknown): Promise<string> {
    const { present } = (await this.tool()) as unknown as OpenTool;
    return present?.(output) ?? (typeof output === "string" ? output : JSON.stringify(output));
  }

  snapshot(): Promise<WorldSnapshot> {
    return this.world.snapshot();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

/** How a phase ended. */
export type Ended =
  | { readonly type: "done"; readonly value: unknown }
  | { readonly type: "failed"; readonly error: unknown };

/** Waits for a phase, however it ends. */
export const endOf = async (phase: Promise<unknown>): Promise<Ended> =>
  phase.then(
    (value): Ended => ({ type: "done", value }),
    (error: unknown): Ended => ({ type: "failed", error }),
  );

/** What a whole call does where nothing goes wrong: the world before and after it, and the operations of its phases. */
export interface CleanRun {
  readonly before: WorldSnapshot;
  readonly after: WorldSnapshot;
  readonly prepared: readonly string[];
  readonly executed: readonly string[];
  readonly output: unknown;
}

/** Runs a case once, in a world of its own. */
export const cleanRun = async <TWorld extends ToolWorld>(
  subject: ToolSubject<TWorld>,
  one: ToolCase<TWorld>,
): Promise<CleanRun> => {
  await using staged = await StagedTool.open(subject, one);
  const before = await staged.snapshot();
  const [preparing, executing] = [new WatchedCalls(), new WatchedCalls()];
  const effect = await staged.prepare({ watch: preparing });
  const output = await staged.execute(effect, { watch: executing });
  const after = await staged.snapshot();
  return { before, after, prepared: preparing.operations, executed: executing.operations, output };
};
