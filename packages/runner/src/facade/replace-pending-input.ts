import { HoldfastError } from "@holdfast/core";
import { replaceInput } from "@holdfast/core/session";

import { resolveModel } from "../model/resolve-model.ts";
import { sha256 } from "../ports/sha256.ts";
import { assertInputSize } from "./arguments.ts";
import { changePending } from "./change-pending.ts";

import type { InputChange } from "@holdfast/core";
import type { InputRow } from "@holdfast/core/store";
import type * as z from "zod";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/**
 * Gives a pending input another content, in the version that the caller has seen.
 *
 * @throws argument.invalid for one that is too large, model.unknown, and what `changePending` throws.
 */
export const replacePendingInput = async (
  kernel: Kernel,
  change: z.output<typeof argumentSchemas.replaceInput>,
): Promise<InputChange> => {
  const { services } = kernel;
  assertInputSize(change, services.limits, "sessions.replaceInput");
  const { sessionId, messageId, version, text, files, metadata, agent, model, delivery } = change;
  // As when a session is created: what cannot run is told now, not when its step fails.
  if (model !== undefined) await resolveModel(model, services.model);
  return changePending(kernel, change, {
    disposition: "replaced",
    plan: (row) => {
      if (row.kind === "compaction") throw notReplaceable(row);
      return replaceInput(
        {
          sessionId,
          messageId,
          version,
          text,
          ...(files === undefined ? {} : { files }),
          ...(metadata === undefined ? {} : { metadata }),
          ...(agent === undefined ? {} : { agent }),
          ...(model === undefined ? {} : { model }),
          delivery: delivery ?? row.delivery,
        },
        { eventId: services.ids.next("evt"), time: services.clock.now(), hash: sha256 },
      );
    },
  });
};

const notReplaceable = ({ sessionId, messageId }: InputRow): HoldfastError<"argument.invalid"> =>
  new HoldfastError("argument.invalid", {
    message: `Expected a prompt, found that input ${messageId} of session ${sessionId} asks for a compaction. Withdraw it, and ask again; nothing was done.`,
    data: { sessionId, messageId },
  });
