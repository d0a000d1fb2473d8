import { imageFactsOf, imageLimits, imageTypeOf, ToolFailure } from "@holdfast/core/tool";

import { convertPage } from "../html/convert-page.ts";
import { charsetOf, decodeText } from "../html/decode-text.ts";
import { withoutInvisible } from "../html/without-invisible.ts";

import type { ExecuteContext } from "@holdfast/core/tool";
import type { PageFormat } from "../html/convert-html.ts";
import type { GuardedResponse } from "../fetch/guarded-fetch.ts";
import type { WebfetchOutput } from "./webfetch-result.ts";

/**
 * Makes of an answer what the model gets: a page in the format that was asked for, any other text as it is, an image as a file.
 *
 * @throws ToolFailure for a status that is no success, for any other type of content, by its name, and for an image that is too large or damaged.
 */
export const readAnswer = async (
  response: GuardedResponse,
  { format, ctx }: { readonly format: PageFormat; readonly ctx: Pick<ExecuteContext, "media" | "signal"> },
): Promise<WebfetchOutput> => {
  const url = response.url.href;
  if (response.status < 200 || response.status > 299)
    throw new ToolFailure(`${url} answered with status ${response.status}. Nothing of it was read.`);
  const contentType = (response.header("content-type") ?? "").trim().toLowerCase();
  const mediaType = contentType.split(";")[0]?.trim() ?? "";
  // Refused before it is read. What has no type is looked at.
  if (!isImage(mediaType) && !isText(mediaType) && !untyped.has(mediaType)) throw unreadable(url, mediaType);
  const bytes = await response.bytes();
  ctx.signal.throwIfAborted();
  if (imageTypeOf(bytes) !== undefined) return attachImage(bytes, url, ctx);
  if (isImage(mediaType) || (untyped.has(mediaType) && bytes.subarray(0, 8_192).includes(0)))
    throw unreadable(url, mediaType);
  const charset = charsetOf(bytes, contentType);
  if (charset === undefined)
    throw new ToolFailure(
      `${url} is in an encoding that is not known: ${contentType.slice(0, 200)}. It cannot be shown.`,
    );
  const page = isHtml(mediaType, bytes)
    ? await convertPage({ bytes, charset, format, url }, ctx.signal)
    : { title: "", content: withoutInvisible(decodeText(bytes, charset)), isCut: false };
  return { type: "page", url, mediaType, ...page };
};

/** Types that say nothing of what there is. */
const untyped: ReadonlySet<string> = new Set(["", "application/octet-stream"]);

const isImage = (mediaType: string): boolean => mediaType.startsWith("image/") && mediaType !== "image/svg+xml";

const isText = (mediaType: string): boolean =>
  mediaType.startsWith("text/") ||
  /^(?:application|image)\/(?:[\w.-]+\+)?(?:json|xml|yaml|toml|javascript|ecmascript|typescript|x-sh|sql|graphql|x-ndjson|x-yaml|x-javascript|xhtml|rtf|atom|rss)(?:\+xml)?$/.test(
    mediaType,
  );

const isHtml = (mediaType: string, bytes: Uint8Array): boolean =>
  mediaType === "text/html" ||
  mediaType === "application/xhtml+xml" ||
  (mediaType === "" && /^\s*<(?:!doctype html|html)/i.test(Buffer.from(bytes.subarray(0, 512)).toString("latin1")));

const unreadable = (url: string, mediaType: string) =>
  new ToolFailure(
    `Expected text or an image (PNG, JPEG, GIF, WebP) at ${url}, found ${mediaType === "" ? "bytes without a type" : mediaType.slice(0, 200)}. It cannot be shown.`,
  );

const attachImage = (bytes: Buffer, url: string, ctx: Pick<ExecuteContext, "media">): WebfetchOutput => {
  const facts = imageFactsOf(bytes);
  if (facts === undefined)
    throw new ToolFailure(`${url} begins as an image, and is damaged or cut short. It cannot be shown.`);
  if (bytes.length > imageLimits.bytes || Math.max(facts.width, facts.height) > imageLimits.side)
    throw new ToolFailure(
      `${url} has ${bytes.length} bytes and ${facts.width} × ${facts.height} pixels; at most ${imageLimits.bytes} bytes and ${imageLimits.side} pixels of a side can be shown.`,
    );
  const name = url.split(/[?#]/)[0]?.split("/").at(-1)?.slice(0, 255) ?? "";
  ctx.media.attach({ mediaType: facts.mediaType, ...(name === "" ? {} : { name }), content: bytes });
  return { type: "image", url, bytes: bytes.length, ...facts };
};
