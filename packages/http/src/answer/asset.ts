/** A file that is handed out beside the API. */
export interface HttpAsset {
  /** The value of `Content-Type`. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Files by their path, such as `/inspector`. */
export type HttpAssets = ReadonlyMap<string, HttpAsset>;

/**
 * What a page that is an asset may do: load scripts and styles from this server, and call it. No script that stands in the page itself or is
 * made of text runs, and no other site may show the page within its own, so that a click is meant for what is seen.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** The asset that a request asks for, where there is one at its path. */
export const assetResponse = (assets: HttpAssets, { method, url }: Request): Response | undefined => {
  if (method !== "GET" && method !== "HEAD") return undefined;
  const asset = assets.get(new URL(url).pathname);
  if (asset === undefined) return undefined;
  return new Response(method === "HEAD" ? null : asset.bytes, {
    headers: {
      "content-type": asset.type,
      "content-security-policy": policy,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-frame-options": "DENY",
    },
  });
};
