import type { HttpAsset } from "../handler-options.ts";

/** What a page of ours may load: its own server, and nothing that is written into it. */
const policy = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'; object-src 'none'";

/** A file of a page, as it was handed over. */
export const assetResponse = ({ type, body }: HttpAsset): Response =>
  new Response(body, {
    headers: { "content-type": type, "content-security-policy": policy, "referrer-policy": "no-referrer" },
  });
