import { canonicalJson, isJsonValue, toWellFormedJson } from "@holdfast/core";
import { maxInlineBytes, utf8Bytes } from "@holdfast/core/event";

import { CallAuthorizer } from "./authorize-call.ts";
import { toolContext } from "./tool-context.ts";

import type { JsonValue } from "@holdfast/core";
import type { PermissionAssertion, PrepareContext, Tool } from "@holdfast/core/tool";
import type { CallLife } from "./call-life.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { TakenCall } from "./taken-call.ts";

/** What a call is about to do, and what it asked for. */
export interface PreparedCall {
  readonly effect: JsonValue;
  readonly asserted: readonly PermissionAssertion[];
}

/** What one preparation is about. */
export interface Preparation {
  readonly call: TakenCall;
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
  const { call, tool, input, life } = preparation;
  const authorizer = new CallAuthorizer(lane, tool.name);
  if (call.before !== undefined) {
    for (const assertion of call.before.asserted) authorizer.assert(assertion);
    authorizer.assertTool();
    return call.before;
  }
  let effect: JsonValue = null;
  if (tool.prepare !== undefined) {
    // The call is durable before anything of its tool runs.
    await lane.flush();
    const context = toolContext(kernel, lane, { ...call, signal: life.signal });
    try {
      effect = toEffect(await life.wait(tool.prepare(input, { ...context, permission: permissionOf(authorizer) })));
    } catch (error) {
      authorizer.assertNotRefused();
      throw error;
    }
  }
  authorizer.assertTool();
  return { effect, asserted: authorizer.asserted };
};

const permissionOf = (authorizer: CallAuthorizer): PrepareContext["permission"] => ({
  assert: (assertion) => {
    const answer = (async () => authorizer.assert(assertion))();
    // A tool that does not wait for the answer gets no further all the same.
    answer.catch(() => undefined);
    return answer;
  },
});

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
