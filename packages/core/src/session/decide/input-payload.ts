import { toTextValue } from "../../event/blob-ref.ts";
import { canonicalJson } from "../../json/canonical.ts";

import type { Blob } from "../../event/blob-ref.ts";
import type { EventDataOf } from "../../event/catalogue.ts";
import type { JsonObject } from "../../json/json-value.ts";
import type { Hash } from "../../ports/hash.ts";
import type { UserMessage } from "../message.ts";

/** What an input says, and how it is delivered. */
export type InputContent = Pick<UserMessage, "text" | "files" | "metadata" | "agent" | "model" | "delivery"> & {
  /** Set for a request to compact. */
  readonly kind?: "compaction";
};

/** An input's content as its event keeps it, and the blobs that the event refers to. */
export interface InputPayload {
  readonly data: Omit<EventDataOf<"input.admitted">, "messageId" | "kind" | "idempotencyKey" | "resume">;
  readonly blobs: readonly Blob[];
}

/** The payload of an input. Its hash, which an exact retry must equal, is over its kind, text, files, metadata, agent, model and delivery. */
export const inputPayload = (content: InputContent, hash: Hash): InputPayload => {
  const { kind, text, files, metadata, agent, model, delivery } = content;
  const wishes = {
    ...(metadata === undefined ? {} : { metadata }),
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model: { ...model } }),
  };
  const payload: JsonObject = {
    ...(kind === undefined ? {} : { kind }),
    text,
    delivery,
    ...(files === undefined ? {} : { files: files.map((file) => ({ ...file })) }),
    ...wishes,
  };
  const body = toTextValue(text, hash);
  const attached = files?.map((file) => ({ file, content: toTextValue(file.data, hash) }));
  return {
    data: {
      payloadHash: hash(canonicalJson(payload)),
      text: body.value,
      delivery,
      ...(attached === undefined
        ? {}
        : { files: attached.map(({ file, content }) => ({ ...file, data: content.value })) }),
      ...wishes,
    },
    blobs: [...body.blobs, ...(attached ?? []).flatMap(({ content }) => content.blobs)],
  };
};
