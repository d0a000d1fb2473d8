import { admitInput } from "@holdfast/core/session";

import { sha256 } from "../ports/sha256.ts";
import { admit } from "./admit-prompt.ts";

import type { Receipt } from "@holdfast/core";
import type * as z from "zod";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/** Admits a request to compact, and wakes the session: whoever works on it then answers the request at the next boundary. */
export const admitCompaction = (
  kernel: Kernel,
  coordinator: Coordinator,
  request: z.output<typeof argumentSchemas.compact>,
): Promise<Receipt> => {
  const { services } = kernel;
  const { sessionId, id, idempotencyKey, instructions } = request;
  const messageId = id ?? services.ids.next("msg");
  const plan = admitInput(
    {
      sessionId,
      messageId,
      kind: "compaction",
      text: instructions,
      delivery: "steer",
      resume: true,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    },
    {
      eventId: services.ids.next("evt"),
      time: services.clock.now(),
      hash: sha256,
      inboxLimit: services.limits.inboxInputs,
    },
  );
  return admit(kernel, coordinator, { plan, messageId, wakes: "compact", dismissAsks: false });
};
