import { decodeEvent, noUsage } from "@holdfast/core/event";

import type { EventDraft } from "@holdfast/core/event";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Kernel } from "./kernel.ts";

/**
 * The end of a compaction that died with its process, charged with what its beginning estimated. It answers no request: those wait for the
 * next boundary, and nothing is counted against the next one.
 */
export const cutCompaction = async (
  { committer, services }: Kernel,
  { session, compaction }: Pick<SessionSnapshot, "session" | "compaction">,
): Promise<readonly EventDraft[]> => {
  if (compaction?.state !== "open") return [];
  const { seq, streak } = compaction;
  const [sealed] = await services.store.events({ sessionId: session.sessionId, after: seq - 1, limit: 1 });
  const started = sealed?.seq === seq ? decodeEvent(sealed) : null;
  const estimate = started?.type === "compaction.started" ? started.data.estimate : { input: 0, cost: 0 };
  return [
    committer.draft("compaction.failed", {
      failure: { class: "aborted", message: "The process that read the summary ended before it was complete." },
      usage: { ...noUsage, input: estimate.input },
      estimated: true,
      cost: estimate.cost,
      settles: [],
      streak,
    }),
  ];
};
