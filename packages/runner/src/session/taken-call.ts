import type { CallId, JsonValue, MessageId } from "@holdfast/core";
import type { PermissionAssertion } from "@holdfast/core/tool";

/** A call that is to be run: a new one, or one of an earlier process that is taken up again. */
export interface TakenCall {
  readonly callId: CallId;
  readonly messageId: MessageId;
  readonly name: string;
  /** As the model wrote it; where it is prepared, as plugins changed it. */
  readonly input: string;
  /** What the latest beginning recorded, where the call is to begin again. */
  readonly before: BegunBefore | undefined;
}

/** What is known of the beginning before. */
export interface BegunBefore {
  /** How often the call had begun. */
  readonly begun: number;
  readonly effect: JsonValue;
  /** What it was run with, where plugins had changed the input. They are not asked again. */
  readonly changedInput: string | undefined;
  /** What its tool had asked for: asked again, under today's rules. */
  readonly asserted: readonly PermissionAssertion[];
}
