import { defineTool } from "@holdfast/core/tool";
import * as z from "zod";

import { checkUrl } from "../fetch/check-url.ts";
import { fetchLimits } from "../fetch/fetch-limits.ts";
import { readAnswer } from "./read-answer.ts";
import { toToolFailure } from "./to-tool-failure.ts";
import { presentWebfetch, webfetchOutputSchema } from "./webfetch-result.ts";

import type { Tool } from "@holdfast/core/tool";
import type { GuardedFetch } from "../fetch/guarded-fetch.ts";
import type { HostPolicy } from "../fetch/host-policy.ts";
import type { WebfetchOutput } from "./webfetch-result.ts";

const inputSchema = z.strictObject({
  url: z.string().min(1).max(fetchLimits.urlCharacters).describe("The whole URL, of http or https"),
  format: z.enum(["markdown", "text", "html"]).optional().describe("What a page is made into. Default markdown"),
  timeoutMs: z
    .int()
    .min(1)
    .max(fetchLimits.maxTimeoutMs)
    .optional()
    .describe(`How long it may take in all. Default ${fetchLimits.timeoutMs}`),
});

const effectSchema = z.looseObject({ url: z.string(), origins: z.array(z.string()) });

/**
 * Reads a page of the web. Permission is asked for the origin before anything is looked up; a redirect to another origin is not followed but told,
 * so that the next call asks for it. Changes nothing, so recovery may run it again.
 */
export const createWebfetchTool = ({
  guard,
  hosts,
}: {
  readonly guard: GuardedFetch;
  readonly hosts: HostPolicy;
}): Tool =>
  defineTool({
    name: "webfetch",
    description:
      "Fetches a URL: a page as Markdown (or text, or HTML without scripts), other text as it is, images (PNG, JPEG, GIF, WebP) as files. At most 5 MiB. A redirect to another site is not followed: the result names it, and a call with that URL goes on.",
    input: inputSchema,
    output: webfetchOutputSchema,
    replay: "safe",
    prepare: async (input, ctx) => {
      ctx.signal.throwIfAborted();
      const url = checked(input.url, hosts);
      const origins = originsOf(url);
      await ctx.permission.assert({ action: "webfetch", resources: origins, preview: { url: url.href } });
      if (origins.some((origin) => hosts.isPrivate(new URL(origin))))
        await ctx.permission.assert({ action: "private_host", resources: origins, preview: { url: url.href } });
      return { url: url.href, origins: [...origins] };
    },
    execute: async ({ format = "markdown", timeoutMs }, ctx) => {
      ctx.signal.throwIfAborted();
      const { url, origins } = effectSchema.parse(ctx.effect);
      try {
        await using response = await guard.open(url, {
          signal: ctx.signal,
          timeoutMs,
          authorize: (hop) => {
            if (!origins.includes(hop.url.origin)) throw new LeadsElsewhere(hop.url.href);
          },
        });
        // Awaited here: the connection is open until then.
        return await readAnswer(response, { format, ctx });
      } catch (error) {
        if (error instanceof LeadsElsewhere)
          return { type: "redirect", url, location: error.location } satisfies WebfetchOutput;
        throw toToolFailure(error);
      }
    },
    present: presentWebfetch,
  });

class LeadsElsewhere extends Error {
  readonly location: string;

  constructor(location: string) {
    super("a redirect leads to another origin");
    this.location = location;
  }
}

const checked = (text: string, hosts: HostPolicy): URL => {
  try {
    return checkUrl(text, hosts);
  } catch (error) {
    throw toToolFailure(error);
  }
};

/** The origin that is asked for; with one of http its secure twin, to which most of them redirect. */
const originsOf = (url: URL): readonly string[] =>
  url.protocol === "http:" && url.port === "" ? [url.origin, `https://${url.host}`] : [url.origin];
