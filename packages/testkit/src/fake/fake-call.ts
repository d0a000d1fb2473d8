import { canonicalJson, evaluate, isJsonObject, parseJson, silentLogger } from "@holdfast/core";
import { boundText, ToolFailure, toOutputRef } from "@holdfast/core/tool";

import { sha256 } from "../sha256.ts";
import { askPerson } from "./fake-asking.ts";
import { CallStopped, stopped } from "./call-stopped.ts";
import { fakeOutputs } from "./fake-outputs.ts";
import { untilAborted } from "./until-aborted.ts";

import type { CallId, MessageId } from "@holdfast/core";
import type { AskQuestion, AskShown, CallOutcome } from "@holdfast/core/event";
import type { ExecuteContext, PermissionAssertion, PrepareContext, Tool, ToolQuestion } from "@holdfast/core/tool";
import type { AskEnd } from "./fake-asking.ts";
import type { FakeScope } from "./fake-scope.ts";

/** A call as it was made. */
export interface FakeCallSubject {
  readonly callId: CallId;
  readonly messageId: MessageId;
  readonly name: string;
  readonly input: string;
  readonly agent: string;
}

/** SHA-256 of what a model is told of a tool. */
export const definitionOf = ({ name, description }: Tool): string => sha256(canonicalJson({ name, description }));

/** Runs a call, from its input to its outcome, which is all that it writes itself beside its beginning. */
export const runCall = async (lane: FakeScope, subject: FakeCallSubject): Promise<CallOutcome> => {
  try {
    return await new FakeCall(lane, subject).run();
  } catch (error) {
    if (error instanceof CallStopped) return stopped(error.reason, error.message);
    if (lane.signal.aborted) return stopped("cancelled", "The session was interrupted.");
    if (ToolFailure.isInstance(error)) return { status: "failed", kind: "tool-failure", content: error.message };
    return { status: "failed", kind: "defect", content: `The tool failed: ${String(error)}` };
  }
};

class FakeCall {
  readonly #lane: FakeScope;
  readonly #subject: FakeCallSubject;
  /** Whether its tool asked for what it touches, or asked a person. */
  #hasAsked = false;

  constructor(lane: FakeScope, subject: FakeCallSubject) {
    this.#lane = lane;
    this.#subject = subject;
  }

  async run(): Promise<CallOutcome> {
    const { kernel } = this.#lane;
    const { name, callId } = this.#subject;
    const tool = kernel.options.tools?.find((one) => one.name === name);
    if (tool === undefined) throw new CallStopped("unknown-tool", `Nothing is called ${JSON.stringify(name)} here.`);
    const input = this.#input(tool);
    const context = await this.#context();
    const effect = (await tool.prepare?.(input as never, context)) ?? null;
    await this.#permitTool();
    this.#lane.signal.throwIfAborted();
    await this.#lane.commit([
      kernel.draft("tool.begun", {
        callId,
        attempt: 1,
        effect: structuredClone(effect),
        effectKey: context.effectKey,
        replay: tool.replay ?? "never",
        definition: definitionOf(tool),
        plugin: { name: "fake" },
      }),
    ]);
    const given: unknown = await untilAborted(
      tool.execute(input as never, { ...context, effect, attempt: 1 }),
      this.#lane.signal,
    );
    const output = tool.output.safeParse(given);
    if (!output.success) return { status: "failed", kind: "invalid-output", content: output.error.message };
    const value = output.data;
    const content = tool.present?.(value) ?? (typeof value === "string" ? value : JSON.stringify(value));
    return this.#bound(content);
  }

  #input(tool: Tool): unknown {
    const parsed = parseJson(this.#subject.input === "" ? "{}" : this.#subject.input);
    if (!parsed.ok || !isJsonObject(parsed.value)) throw new CallStopped("invalid-input", "Give a JSON object.");
    const input = tool.input.safeParse(parsed.value);
    if (!input.success) throw new CallStopped("invalid-input", input.error.message);
    return input.data;
  }

  async #context(): Promise<PrepareContext & ExecuteContext> {
    const { kernel, sessionId, signal, live } = this.#lane;
    const { callId, messageId, agent } = this.#subject;
    const { session } = await kernel.snapshot(sessionId);
    const place = { sessionId, callId, attempt: 1 };
    return {
      sessionId,
      agent,
      messageId,
      callId,
      effectKey: `${sessionId}/${callId}`,
      location: {
        directory: session.directory,
        ...(session.workspaceId === null ? {} : { workspaceId: session.workspaceId }),
      },
      signal,
      log: silentLogger,
      progress: (update) => live.progress(callId, update),
      permission: { assert: (assertion) => this.#assert(assertion) },
      ask: ({ questions }) => this.#ask(questions),
      effect: null,
      attempt: 1,
      outputs: {
        keep: async (content) => {
          await kernel.store.putOutput(place, content);
          return toOutputRef(place);
        },
        read: (ref, page) => fakeOutputs(kernel).read({ sessionId, ref, ...page }),
      },
      // Its requests show no files.
      media: { attach: () => undefined },
      todos: {
        update: async (items) => {
          await this.#lane.commit([kernel.draft("todo.updated", { callId, items: [...items] })]);
        },
      },
    };
  }

  async #permitTool(): Promise<void> {
    const { name } = this.#subject;
    const { effect } = evaluate(this.#rules, { action: name, resource: "*" });
    if (effect === "ask" && this.#hasAsked) return;
    await this.#assert({ action: name, resources: ["*"], always: ["*"] });
  }

  async #assert({ action, resources, always, preview }: PermissionAssertion): Promise<void> {
    const { kernel, sessionId } = this.#lane;
    const { session } = await kernel.snapshot(sessionId);
    const saved = await kernel.store.approvals({ project: session.project });
    const approvals = saved.filter(({ agent }) => agent === null || agent === this.#subject.agent);
    const effects = resources.map((resource) => evaluate(this.#rules, { action, resource }, { approvals }).effect);
    if (effects.includes("deny")) throw new CallStopped("denied-by-policy", `"${action}" is denied by a rule.`);
    this.#hasAsked = true;
    if (!effects.includes("ask")) return;
    const shown: AskShown = {
      kind: "permission",
      tool: this.#subject.name,
      action,
      resources: [...resources],
      always: [...(always ?? resources.filter((resource) => !/[*?]/.test(resource)))],
      ...(preview === undefined ? {} : { preview }),
    };
    await this.#person(shown, `"${action}" needs a person's approval`);
  }

  async #ask(asked: readonly ToolQuestion[]): Promise<readonly (readonly string[])[]> {
    const { effect } = evaluate(this.#rules, { action: this.#subject.name, resource: "*" });
    if (effect === "deny") throw new CallStopped("denied-by-policy", "The tool is denied by a rule.");
    this.#hasAsked = true;
    const questions = asked.map(toQuestion);
    const end = await this.#person({ kind: "question", tool: this.#subject.name, questions }, "It asks a person");
    const answers = end.kind === "answered" && end.answer.kind === "question" ? end.answer.answers : undefined;
    if (answers !== undefined) return answers;
    // Dismissed: the request to interrupt shares the commit of the answer, and arrives right after it.
    return untilAborted(new Promise<never>(() => {}), this.#lane.signal);
  }

  async #person(shown: AskShown, what: string): Promise<AskEnd> {
    const { callId, input } = this.#subject;
    const end = await askPerson(this.#lane, { callId, input, shown });
    if (end.kind === "refused") throw new CallStopped("denied-by-policy", `${what}, and this host cannot ask anybody.`);
    if (end.kind === "expired") throw new CallStopped("denied-by-policy", `${what}, and nobody answered in time.`);
    if (end.kind === "dismissed") throw new CallStopped("denied-by-user", "The user went on without an answer.");
    if (end.kind === "denied") throw new CallStopped("denied-by-user", end.feedback ?? "");
    if (end.kind === "answered" && end.answer.kind === "permission" && end.answer.reply === "deny")
      throw new CallStopped("denied-by-user", end.answer.feedback ?? "");
    return end;
  }

  async #bound(whole: string): Promise<CallOutcome> {
    const { kernel, sessionId } = this.#lane;
    const place = { sessionId, callId: this.#subject.callId, attempt: 1 };
    const reference = toOutputRef(place);
    const { text, whole: isWhole } = boundText(whole, reference);
    if (isWhole) return { status: "completed", content: text };
    await kernel.store.putOutput(place, new TextEncoder().encode(whole));
    return { status: "completed", content: text, output: reference };
  }

  get #rules() {
    return this.#lane.kernel.rulesOf(this.#subject.agent);
  }
}

const toQuestion = ({
  question,
  header,
  options = [],
  multiple = false,
  custom = true,
}: ToolQuestion): AskQuestion => ({
  question,
  ...(header === undefined ? {} : { header }),
  options: options.map(({ label, description }) => ({ label, ...(description === undefined ? {} : { description }) })),
  multiple,
  custom,
});
