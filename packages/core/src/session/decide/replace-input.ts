import { inputPayload } from "./input-payload.ts";

import type { EventId, MessageId, SessionId } from "../../ids/id.ts";
import type { Hash } from "../../ports/hash.ts";
import type { CommitPlan } from "../../store/plan.ts";
import type { InputContent } from "./input-payload.ts";

/** Another content for a pending input, whose arguments were checked. */
export interface InputReplacement extends InputContent {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  /** The version that is replaced. */
  readonly version: number;
}

/** The plan that gives a pending input another content: one event, which is refused where the input is not as it was read. */
export const replaceInput = (
  { sessionId, messageId, version, ...content }: InputReplacement,
  { eventId, time, hash }: { readonly eventId: EventId; readonly time: number; readonly hash: Hash },
): CommitPlan => {
  const { data, blobs } = inputPayload(content, hash);
  return {
    sessionId,
    events: [
      {
        id: eventId,
        type: "input.replaced",
        version: 1,
        time,
        data: { messageId, replaces: version, ...data },
        ...(blobs.length === 0 ? {} : { blobs: blobs.map((blob) => blob.hash) }),
      },
    ],
    ...(blobs.length === 0 ? {} : { blobs }),
  };
};
