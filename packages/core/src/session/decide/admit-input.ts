import { toTextValue } from "../../event/blob-ref.ts";
import { canonicalJson } from "../../json/canonical.ts";

import type { Blob } from "../../event/blob-ref.ts";
import type { EventDataOf } from "../../event/catalogue.ts";
import type { Delivery } from "../../event/input-events.ts";
import type { EventId, MessageId, SessionId } from "../../ids/id.ts";
import type { JsonObject } from "../../json/json-value.ts";
import type { Hash } from "../../ports/hash.ts";
import type { CommitPlan } from "../../store/plan.ts";
import type { MessageFile } from "../message.ts";
import type { ModelRef } from "../model-ref.ts";

/** An input whose arguments were checked. */
export interface NewInput {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  readonly idempotencyKey?: string;
  readonly text: string;
  readonly files?: readonly MessageFile[];
  readonly metadata?: JsonObject;
  readonly agent?: string;
  readonly model?: ModelRef;
  readonly delivery: Delivery;
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
  const { sessionId, messageId, idempotencyKey, text, files, metadata, agent, model, delivery, resume } = input;
  const { hash } = environment;
  const payload: JsonObject = {
    text,
    delivery,
    ...(files === undefined ? {} : { files: files.map((file) => ({ ...file })) }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model: { ...model } }),
  };
  const payloadHash = hash(canonicalJson(payload));
  const body = toTextValue(text, hash);
  const attached = files?.map((file) => ({ file, content: toTextValue(file.data, hash) }));
  const blobs: readonly Blob[] = [...body.blobs, ...(attached ?? []).flatMap(({ content }) => content.blobs)];
  const data: EventDataOf<"input.admitted"> = {
    messageId,
    payloadHash,
    text: body.value,
    delivery,
    resume,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(attached === undefined
      ? {}
      : { files: attached.map(({ file, content }) => ({ ...file, data: content.value })) }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model }),
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
