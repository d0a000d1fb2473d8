import { canonicalJson, isJsonValue, toWellFormedJson } from "@holdfast/core";
import { maxInlineBytes, utf8Bytes } from "@holdfast/core/event";

import { askQuestions } from "./ask-questions.ts";
import { toolContext } from "./tool-context.ts";

import type { JsonValue } from "@holdfast/core";
import type { PermissionAssertion, PrepareContext, Tool } from "@holdfast/core/tool";
import type { AuthorizedCall, CallAuthorizer } from "./authorize-call.ts";
import type { CallLife } from "./call-life.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/** What a call is about to do, and what it asked for. */
export interface PreparedCall {
  readonly effect: JsonValue;
  readonly asserted: readonly PermissionAssertion[];
}

/** What one preparation is about. */
export interface Preparation {
  readonly subject: AuthorizedCall;
  readonly authorizer: CallAuthorizer;
  readonly tool: Tool;
  readonly input: never;
  readonly life: CallLife;
}

/**
 * The first phase of a call: its tool resolves, reads and asks, and the rules have their say. A call that begins again is not prepared
 * again; what it had asked for is asked under today's rules.
 *
 * @throws CallDenied, and what the tool throws.
 */
export const prepareCall = async (kernel: Kernel, lane: Lane, preparation: Preparation): Promise<PreparedCall> => {
  const { subject, authorizer, tool, input, life } = preparation;
  const { call } = subject;
  let effect: JsonValue = call.before?.effect ?? null;
  if (call.before === undefined && tool.prepare !== undefined) {
    // The call is durable before anything of its tool runs.
    await lane.flush();
    const asking = new OpenQuestions();
    const context: PrepareContext = {
      ...toolContext(kernel, lane, { ...call, signal: life.signal }),
      permission: { assert: (assertion) => asking.note(authorizer.assert(assertion)) },
      ask: (request) => asking.note(authorizer.ask(() => askQuestions(lane, subject, request))),
    };
    try {
      effect = toEffect(await life.wait(tool.prepare(input, context)));
      await life.wait(asking.answered());
    } catch (error) {
      authorizer.assertNotRefused();
      throw error;
    }
  }
  await life.wait(authorizer.assertAll());
  return { effect, asserted: authorizer.asserted };
};

/** What a tool has asked: one that does not wait for the answers gets no further without them all the same. */
class OpenQuestions {
  readonly #asked: Promise<unknown>[] = [];

  note<T>(answer: Promise<T>): Promise<T> {
    answer.catch(() => undefined);
    this.#asked.push(answer);
    return answer;
  }

  async answered(): Promise<void> {
    await Promise.allSettled(this.#asked);
  }
}

/** What `prepare` returned, as it can be sealed. */
const toEffect = (value: unknown): JsonValue => {
  if (!isJsonValue(value))
    throw new TypeError(`expected "prepare" to return the effect as JSON, found ${typeof value}`);
  const effect = toWellFormedJson(value);
  const bytes = utf8Bytes(canonicalJson(effect));
  if (bytes <= maxInlineBytes) return effect;
  throw new TypeError(
    `expected an effect of at most ${maxInlineBytes} bytes, found ${bytes}: refer to what is large by its hash`,
  );
};
