import * as z from "zod";

import { limitsSchema } from "./limits.ts";

import type { Holdfast, Logger } from "@holdfast/core";
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

/** A file of a page that is served beside the routes. */
export interface HttpAsset {
  /** Its media type, such as `text/html; charset=utf-8`. */
  readonly type: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

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
   * Files by their paths, such as `/` and `/app.js`, none of them under `/v1`: a page that uses the server. Everyone gets them, also without
   * the token, and they may load nothing from elsewhere. Default: none.
   */
  readonly assets?: { readonly [path: string]: HttpAsset } | undefined;
  /** For hosts of several users. Default: whoever has the token may do everything. */
  readonly authorize?: Authorize | undefined;
  /** Where errors are told that clients are not told. Default: nowhere. */
  readonly logger?: Logger | undefined;
  readonly limits?: HttpLimits | undefined;
}

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
    .record(
      z.string().regex(/^\/(?!v1(?:\/|$)|health$|ready$)[^?#]*$/, "expected a path that is none of the routes"),
      z.strictObject({
        type: z.string().min(1).max(255),
        body: z.union([z.string(), z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array)]),
      }),
    )
    .default({}),
  authorize: z.custom<Authorize>(isFunction, "expected a function that permits").optional(),
  logger: z
    .custom<Logger>((value) => typeof value === "object" && value !== null && "error" in value, "expected a logger")
    .optional(),
  limits: limitsSchema,
});
