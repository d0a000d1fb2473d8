import { replaceInput } from "@holdfast/core/session";

import { sha256 } from "../ports/sha256.ts";
import { eventAt } from "../session/event-at.ts";
import { assertInputSize } from "./arguments.ts";
import { changePending } from "./change-pending.ts";

import type { InputChange } from "@holdfast/core";
import type { InputRow, Store } from "@holdfast/core/store";
import type { InputReplacement } from "@holdfast/core/session";
import type * as z from "zod";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/**
 * Gives a pending input another content, in the version that the caller has seen.
 *
 * @throws argument.invalid for one that is too large, and what `changePending` throws.
 */
export const replacePendingInput = async (
  kernel: Kernel,
  change: z.output<typeof argumentSchemas.replaceInput>,
): Promise<InputChange> => {
  const { services } = kernel;
  assertInputSize(change, services.limits, "sessions.replaceInput");
  const { sessionId, messageId, version, text, files, metadata, delivery } = change;
  return changePending(kernel, change, {
    disposition: "replaced",
    plan: async (row) =>
      replaceInput(
        {
          sessionId,
          messageId,
          version,
          text,
          ...(files === undefined ? {} : { files }),
          ...(metadata === undefined ? {} : { metadata }),
          delivery: delivery ?? row.delivery,
          kept: await keptOf(services.store, row),
        },
        { eventId: services.ids.next("evt"), time: services.clock.now(), hash: sha256 },
      ),
  });
};

/** The agent and model that the input asks for: no part of what is replaced. */
const keptOf = async (store: Store, { sessionId, valueSeq }: InputRow): Promise<InputReplacement["kept"]> => {
  const event = await eventAt(store, sessionId, valueSeq);
  if (event?.type !== "input.admitted" && event?.type !== "input.replaced") return {};
  const { agent, model } = event.data;
  return { ...(agent === undefined ? {} : { agent }), ...(model === undefined ? {} : { model }) };
};
