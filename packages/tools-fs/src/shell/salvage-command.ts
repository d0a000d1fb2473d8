import { BoundedCapture } from "./bounded-capture.ts";
import { endMarked } from "./call-marker.ts";
import { readSpool } from "./output-spool.ts";

import type { CallOutputs, OutputPieces, SalvageContext } from "@holdfast/core/tool";
import type { CallFolder } from "./call-folder.ts";

const searchMs = 1_000;
const shownBytes = 8 * 1024;

/**
 * Ends what is left of a command whose host is gone, and says what it had written: the leader that was recorded, if it is the very process,
 * and whatever carries the call's mark. The whole of the output is kept.
 */
export const salvageCommand = async (
  folder: CallFolder,
  { callId, outputs }: Pick<SalvageContext, "callId" | "outputs">,
): Promise<string> => {
  await folder.endLeader();
  await endMarked(callId, searchMs);
  // Where nothing was written, or on another machine, there is nothing to read.
  const content = await readSpool(folder.path).catch(() => undefined);
  const said =
    content === undefined || content.size === 0
      ? ""
      : `What it had written until then:\n${await shownOf(content, outputs)}`;
  await folder.remove();
  return said;
};

const shownOf = async (content: OutputPieces, outputs: Pick<CallOutputs, "keep">): Promise<string> => {
  const ends = new BoundedCapture(shownBytes);
  for (const piece of content) ends.push(piece);
  return ends.toText(await outputs.keep(content)).text;
};
