import { basename } from "node:path";

import { HoldfastError } from "@holdfast/core";
import { imageFactsOf, imageLimits, imageTypeOf, ToolFailure } from "@holdfast/core/tool";

import { readWhole } from "./read-whole.ts";

import type { ExecuteContext, ImageFacts } from "@holdfast/core/tool";
import type { ReadHandle } from "../file-system.ts";

const { bytes: maxBytes, side: maxSide } = imageLimits;
const headBytes = 16;

/** An image that was given to the model. */
export type ReadImage = ImageFacts & { readonly bytes: number };

/**
 * Gives the model a file beside the text where it is an image, by its own bytes and whatever its name; undefined where it is none.
 *
 * @throws ToolFailure for an image that is too large, or damaged: providers refuse those, and then every request that holds one.
 */
export const readImage = async (
  handle: ReadHandle,
  { path, ctx }: { readonly path: string; readonly ctx: Pick<ExecuteContext, "media" | "signal"> },
): Promise<ReadImage | undefined> => {
  ctx.signal.throwIfAborted();
  const head = Buffer.alloc(headBytes);
  const headLength = await handle.read(head, 0);
  if (imageTypeOf(head.subarray(0, headLength)) === undefined) return undefined;
  ctx.signal.throwIfAborted();
  const content = await readWhole(handle, { path, maxBytes, use: "shown of an image" });
  const facts = imageFactsOf(content);
  if (facts === undefined)
    throw new ToolFailure(`${path} begins as an image, and is damaged or cut short. It cannot be shown.`);
  if (Math.max(facts.width, facts.height) > maxSide) {
    throw new ToolFailure(
      `${path} has ${facts.width} × ${facts.height} pixels, and at most ${maxSide} of a side can be shown. Make a smaller one of it.`,
    );
  }
  ctx.signal.throwIfAborted();
  try {
    ctx.media.attach({ mediaType: facts.mediaType, name: basename(path).slice(0, 255), content });
  } catch (error) {
    // The host takes no files, fewer of them, or smaller ones.
    if (HoldfastError.isInstance(error, "argument.invalid")) throw new ToolFailure(error.message);
    throw error;
  }
  return { ...facts, bytes: content.length };
};
