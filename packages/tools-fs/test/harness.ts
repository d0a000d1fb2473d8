import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { evaluate, silentLogger } from "@holdfast/core";
import { createLocationHooks, isPlugin } from "@holdfast/core/plugin";
import { createSeededIds, MemoryCallOutputs } from "@holdfast/testkit";

import { fsTools } from "../src/index.ts";

import type { CallId, JsonObject, JsonValue, Rule } from "@holdfast/core";
import type { Plugin, PluginHooks } from "@holdfast/core/plugin";
import type {
  CallMedia,
  ExecuteContext,
  PrepareContext,
  ProbeContext,
  ProbeResult,
  SalvageContext,
  Tool,
  ToolContext,
} from "@holdfast/core/tool";
import type { FsToolName, FsToolsOptions } from "../src/index.ts";

/** What the harness ends a call with where a rule does not allow it, as a runtime does. */
export class Denied extends Error {}

const allowAll: readonly Rule[] = [{ action: "*", resource: "*", effect: "allow" }];

type AttachedFile = Parameters<CallMedia["attach"]>[0];

/** A tool as its types hide it from hosts. */
interface OpenTool {
  prepare(input: unknown, ctx: PrepareContext): Promise<JsonValue>;
  execute(input: unknown, ctx: ExecuteContext): Promise<unknown>;
  probe(effect: JsonValue, ctx: ProbeContext): Promise<ProbeResult>;
  salvage(ctx: SalvageContext): Promise<string>;
  present(output: unknown): string;
}

// A command ends whatever carries its call's mark: no two calls on this machine have one ID.
const ids = createSeededIds(process.pid);

/** One Location in a temporary folder, with the tools set up as a runtime does it. */
export class Stage implements Disposable {
  readonly directory: string;
  /** Where running commands leave what they have written. */
  readonly stateDirectory: string;
  readonly tools = new Map<string, Tool>();
  readonly asked: string[] = [];
  readonly progress: JsonObject[] = [];
  readonly outputs = new MemoryCallOutputs();
  /** What calls gave beside their text, in order. */
  readonly attached: AttachedFile[] = [];
  /** What calls kept, in order. */
  get kept(): readonly Uint8Array[] {
    return this.outputs.kept;
  }
  rules: readonly Rule[] = allowAll;

  /**
   * @param given Options of the tools, or the plugin that has them, where it serves more Locations than this.
   * @param directory One that is there already. Default: a new one. Either goes when this is disposed of.
   */
  constructor(given?: FsToolsOptions | Plugin, directory = mkdtempSync(join(tmpdir(), "holdfast-tools-fs-"))) {
    this.directory = realpathSync(directory);
    this.stateDirectory = `${this.directory}-state`;
    const plugin = isPlugin(given) ? given : fsTools({ stateDirectory: this.stateDirectory, ...given });
    void plugin.setup({
      location: { directory: this.directory },
      // Nothing is tapped: these run tools alone.
      hooks: Object.fromEntries(
        Object.keys(createLocationHooks()).map((hook) => [hook, { tapPromise: () => undefined }]),
      ) as unknown as PluginHooks,
      tools: {
        register: (tool) => {
          this.tools.set(tool.name, tool);
          return { [Symbol.dispose]: () => undefined };
        },
      },
      context: { register: () => ({ [Symbol.dispose]: () => undefined }) },
      rules: [],
      signal: new AbortController().signal,
      log: silentLogger,
    });
  }

  join(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(this.join(name), content);
  }

  /** The first phase of a call: what it would do. */
  async prepare(name: FsToolName, input: JsonObject, signal?: AbortSignal): Promise<PreparedCall> {
    const tool = this.tools.get(name);
    if (tool === undefined) throw new Error(`no tool ${name}`);
    const parsed: unknown = tool.input.parse(input);
    const open = tool as unknown as OpenTool;
    const context: ToolContext = {
      sessionId: ids.next("ses"),
      agent: "build",
      messageId: ids.next("msg"),
      callId: ids.next("cal"),
      effectKey: "key",
      location: { directory: this.directory },
      signal: signal ?? new AbortController().signal,
      log: silentLogger,
      progress: (update) => void this.progress.push(update),
    };
    const effect = await open.prepare(parsed, {
      ...context,
      permission: { assert: (asked) => this.#assert(asked) },
      ask: () => Promise.reject(new Error("no tool of this group asks")),
    });
    // As a store gives it back.
    const recorded = JSON.parse(JSON.stringify(effect)) as JsonValue;
    return {
      effect: recorded,
      execute: async () => {
        const output = await open.execute(parsed, {
          ...context,
          effect: recorded,
          attempt: 1,
          outputs: this.outputs,
          media: { attach: (file) => void this.attached.push(file) },
          todos: { update: async () => undefined },
        });
        return tool.output.parse(output);
      },
      probe: async () => open.probe(recorded, { ...context, attempt: 1 }),
    };
  }

  /** What a tool still says of a call of a process that is gone. */
  async salvage(name: FsToolName, callId: CallId): Promise<string> {
    const open = this.tools.get(name) as unknown as OpenTool;
    const signal = new AbortController().signal;
    const location = { directory: this.directory };
    const sessionId = ids.next("ses");
    return open.salvage({
      sessionId,
      callId,
      location,
      signal,
      log: silentLogger,
      effect: null,
      outputs: this.outputs,
    });
  }

  /** Both phases: the output as it is stored. */
  async run<T = unknown>(name: FsToolName, input: JsonObject, signal?: AbortSignal): Promise<T> {
    return (await (await this.prepare(name, input, signal)).execute()) as T;
  }

  /** Both phases: what the model reads. */
  async show(name: FsToolName, input: JsonObject): Promise<string> {
    return (this.tools.get(name) as unknown as OpenTool).present(await this.run(name, input));
  }

  async #assert({
    action,
    resources,
  }: {
    readonly action: string;
    readonly resources: readonly string[];
  }): Promise<void> {
    for (const resource of resources) {
      this.asked.push(`${action} ${resource}`);
      if (evaluate(this.rules, { action, resource }).effect !== "allow") throw new Denied(`${action} on ${resource}`);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
    rmSync(this.stateDirectory, { recursive: true, force: true });
  }
}

export interface PreparedCall {
  readonly effect: JsonValue;
  execute(): Promise<unknown>;
  /** What the tool finds when it looks for the effect. */
  probe(): Promise<ProbeResult>;
}

/** Why a call was refused, for the model. Fails where it was not, or for another reason. */
export const failureOf = async (call: Promise<unknown>): Promise<string> => {
  const error: unknown = await call.then(
    (value) => new Error(`expected a failure, found ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof Error && error.name === "ToolFailure") return error.message;
  throw error;
};
