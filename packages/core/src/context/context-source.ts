import { contextKeySchema } from "../event/context-events.ts";

import type { SessionId } from "../ids/id.ts";
import type { JsonValue } from "../json/json-value.ts";
import type { Effect, PermissionRequest } from "../permission/rule.ts";
import type { Location } from "../session/location.ts";

/** For whom, where and when a source is loaded. */
export interface ContextQuery {
  readonly sessionId: SessionId;
  readonly location: Location;
  /** Name of the agent that works at this step. */
  readonly agent: string;
  /** Names of the tools that it is told of. */
  readonly tools: readonly string[];
  /** What the rules say of an action of its: what is denied is better not told of. */
  readonly effectOf: (request: PermissionRequest) => Effect;
  /** The runtime's clock, in epoch milliseconds. */
  readonly time: number;
  /** Aborts when nobody waits for the value any more. */
  readonly signal: AbortSignal;
}

/**
 * One thing that the model is told beside the conversation, and kept up to date about. It is loaded at each safe boundary, together with the others, and told
 * anew only where its value is another one. Rendering is pure: the same value gives the same text. A session is told of at most 128 sources, and of 128 KiB at once.
 */
export interface ContextSource<TValue extends JsonValue = JsonValue> {
  /** `namespace/name`, the only one of this key at a boundary. The namespace: lower case, digits and `-`, usually the plugin's name. */
  readonly key: string;
  /**
   * What is so now, as JSON; undefined where there is nothing to tell, which removes what was told before. One that throws, or does not answer
   * within 5 s, is unavailable: the model keeps what it was told last.
   */
  load(query: ContextQuery): Promise<TValue | undefined> | TValue | undefined;
  /** The value at the beginning of an epoch, or where it is new. At most 32 KiB; what is longer is cut. */
  baseline(value: TValue): string;
  /** The value where the model knows another one. Default: as `baseline`. */
  update?(value: TValue): string;
  /** What is told when it is gone. Rendered while it is there, and kept, since its plugin may be gone by then. At most 1,000 characters. */
  removal(value: TValue): string;
}

/** A source as it is used: nobody else can change it, and each of its members was read once. Undefined for what is none. */
export const readContextSource = (value: unknown): ContextSource | undefined => {
  if (!isObject(value)) return undefined;
  const { key, load, baseline, update, removal } = value as { readonly [TMember in keyof ContextSource]?: unknown };
  const checked = contextKeySchema.safeParse(key);
  if (!checked.success || !isMember(load) || !isMember(baseline) || !isMember(removal)) return undefined;
  if (update !== undefined && !isMember(update)) return undefined;
  return Object.freeze({
    key: checked.data,
    load: (query) => load.call(value, query) as ReturnType<ContextSource["load"]>,
    baseline: (found) => baseline.call(value, found) as string,
    removal: (found) => removal.call(value, found) as string,
    ...(update === undefined ? {} : { update: (found: JsonValue) => update.call(value, found) as string }),
  } satisfies ContextSource);
};

type Member = (this: unknown, argument: unknown) => unknown;

const isMember = (value: unknown): value is Member => typeof value === "function";

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
