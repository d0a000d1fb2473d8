import { inputPayload } from "./input-payload.ts";

import type { EventDataOf } from "../../event/catalogue.ts";
import type { EventId, MessageId, SessionId } from "../../ids/id.ts";
import type { Hash } from "../../ports/hash.ts";
import type { CommitPlan } from "../../store/plan.ts";
import type { InputContent } from "./input-payload.ts";

/** An input whose arguments were checked. */
export interface NewInput extends InputContent {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  readonly idempotencyKey?: string;
  readonly resume: boolean;
}

/** What is decided outside: identity, time, and how full the inbox may get. */
export interface AdmissionEnvironment {
  readonly eventId: EventId;
  readonly time: number;
  readonly hash: Hash;
  readonly inboxLimit: number;
}

/**
 * The plan that admits an input: one event, and the identity that makes an exact retry the same input. The payload that a retry must
 * equal is text, files, metadata, agent, model and delivery; `resume` is no part of it.
 */
export const admitInput = (input: NewInput, environment: AdmissionEnvironment): CommitPlan => {
  const { sessionId, messageId, idempotencyKey, resume, ...content } = input;
  const payload = inputPayload(content, environment.hash);
  const { blobs } = payload;
  const { payloadHash } = payload.data;
  const data: EventDataOf<"input.admitted"> = {
    messageId,
    ...(content.kind === undefined ? {} : { kind: content.kind }),
    ...payload.data,
    resume,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
  return {
    sessionId,
    events: [
      {
        id: environment.eventId,
        type: "input.admitted",
        version: 1,
        time: environment.time,
        data,
        ...(blobs.length === 0 ? {} : { blobs: blobs.map((blob) => blob.hash) }),
      },
    ],
    admission: {
      messageId,
      payloadHash,
      inboxLimit: environment.inboxLimit,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    },
    ...(blobs.length === 0 ? {} : { blobs }),
  };
};
