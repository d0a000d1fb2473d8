import * as z from "zod";

import { limitsSchema } from "./limits.ts";

import type { Holdfast, Logger } from "@holdfast/core";
import type { HttpAssets } from "./answer/asset.ts";
import type { RouteName } from "@holdfast/core/routes";
import type { HttpLimits } from "./limits.ts";

/** What a request is about to do, for its host to permit. */
export interface HttpAction {
  /** The method of the facade. */
  readonly method: RouteName;
  /** The session that it is about, or, in a list, the session of one entry. */
  readonly sessionId?: string;
  /** Where that session is, or where one is to be; absent for a session that is not there. */
  readonly location?: { readonly directory: string; readonly workspaceId?: string | undefined };
  /** The project whose approvals it is about. */
  readonly project?: string;
}

/** Permits a request, or not: then it is `http.forbidden`, and an entry of a list is left out. One that throws permits nothing. */
export type Authorize = (request: Request, action: HttpAction) => boolean | Promise<boolean>;

/** What a handler is made of. */
export interface HttpHandlerOptions {
  /** The facade that is served. One that is still being opened answers `http.not-ready`; one that could not be opened, why. It stays the caller's to dispose of. */
  readonly holdfast: Holdfast | Promise<Holdfast>;
  /** What `Authorization: Bearer …` must say: 1 to 1,000 visible ASCII characters. Default: nothing is asked for. */
  readonly token?: string | undefined;
  /** Names of this server, as `Host` gives them, without a port, beside those of loopback. Default: none. */
  readonly hosts?: readonly string[] | undefined;
  /** Origins of other sites whose pages may call, such as `https://app.example`. Default: none. */
  readonly origins?: readonly string[] | undefined;
  /**
   * Files by path that anyone may read, without a token: such as `await inspectorAssets()` of `@holdfast/inspector`. Their pages may load from
   * and call this server alone. Not below `/v1`. Default: none.
   */
  readonly assets?: HttpAssets | undefined;
  /** For hosts of several users. Default: whoever has the token may do everything. */
  readonly authorize?: Authorize | undefined;
  /** Where errors are told that clients are not told. Default: nowhere. */
  readonly logger?: Logger | undefined;
  readonly limits?: HttpLimits | undefined;
}

const isAssetPath = (path: unknown): boolean =>
  typeof path === "string" && path.startsWith("/") && !/^\/(?:v1|health|ready)(?:\/|$)/.test(path);

const isFunction = (value: unknown): boolean => typeof value === "function";

/** What `createHttpHandler` takes, with each default in its place. */
export const handlerOptionsSchema = z.strictObject({
  holdfast: z.custom<Holdfast | Promise<Holdfast>>(
    (value) => typeof value === "object" && value !== null && ("sessions" in value || "then" in value),
    "expected a Holdfast, or a promise of one",
  ),
  token: z
    .string()
    .regex(/^[\u0021-\u007e]{1,1000}$/, "expected 1 to 1,000 visible ASCII characters")
    .optional(),
  hosts: z.array(z.string().min(1).max(255)).default([]),
  origins: z.array(z.url().transform((origin) => new URL(origin).origin)).default([]),
  assets: z
    .custom<HttpAssets>(
      (value) => value instanceof Map && [...value.keys()].every(isAssetPath),
      "expected a Map of files by their paths, none of them below /v1",
    )
    .default(new Map()),
  authorize: z.custom<Authorize>(isFunction, "expected a function that permits").optional(),
  logger: z
    .custom<Logger>((value) => typeof value === "object" && value !== null && "error" in value, "expected a logger")
    .optional(),
  limits: limitsSchema,
});
