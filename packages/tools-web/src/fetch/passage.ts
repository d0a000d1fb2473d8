import { HoldfastError } from "@holdfast/core";

import { checkUrl } from "./check-url.ts";
import { failed, refused } from "./fetch-error.ts";
import { fetchLimits } from "./fetch-limits.ts";
import { openHop } from "./open-hop.ts";
import { readBody } from "./read-body.ts";
import { resolveTarget } from "./resolve-target.ts";
import { openTimeBox } from "./time-box.ts";

import type { GuardedRequest, GuardedResponse } from "./guarded-fetch.ts";
import type { HostPolicy } from "./host-policy.ts";
import type { Hop } from "./open-hop.ts";
import type { OwnAddresses } from "./own-network.ts";
import type { Resolver } from "./resolver.ts";
import type { TimeBox } from "./time-box.ts";

/** What a passage goes by. */
export interface PassageOptions {
  readonly hosts: HostPolicy;
  readonly resolver: Resolver;
  readonly ownAddresses: OwnAddresses;
  readonly request: GuardedRequest;
}

/** One request from its first hop to the end of its body. */
export class Passage {
  readonly #options: PassageOptions;
  readonly #limitMs: number;
  readonly #maxBytes: number;
  /** Whether it left the origin that it was meant for. */
  #isAway = false;
  #spentMs = 0;

  constructor(options: PassageOptions) {
    this.#options = options;
    const { timeoutMs = fetchLimits.timeoutMs, maxBytes = fetchLimits.maxBytes } = options.request;
    for (const [name, value] of Object.entries({ timeoutMs, maxBytes })) checkPositive(name, value);
    this.#limitMs = Math.min(timeoutMs, fetchLimits.maxTimeoutMs);
    this.#maxBytes = Math.min(maxBytes, fetchLimits.maxBytes);
  }

  async open(start: string): Promise<GuardedResponse> {
    const { hosts, request } = this.#options;
    const most = Math.min(request.redirects ?? fetchLimits.redirects, fetchLimits.redirects);
    let url = checkUrl(start, hosts);
    for (let redirects = 0; ; redirects++) {
      await request.authorize?.({ url, isPrivate: hosts.isPrivate(url), isRedirect: redirects > 0 });
      const opened = await this.#hop(url);
      const target = redirectOf(opened.hop);
      if (target === undefined) return this.#response(url, opened);
      await opened.close();
      if (redirects === most)
        throw refused(
          "redirects",
          `Expected at most ${most} redirects, found one more, at ${url.origin}. It was not followed.`,
        );
      const next = checkUrl(URL.parse(target, url.href)?.href ?? target, hosts);
      if (next.origin !== url.origin) this.#isAway = true;
      url = next;
    }
  }

  async #hop(url: URL): Promise<OpenedHop> {
    const { hosts, resolver, ownAddresses, request } = this.#options;
    const box = openTimeBox(
      {
        totalMs: this.#limitMs - this.#spentMs,
        firstMs: Math.min(fetchLimits.firstByteMs, this.#limitMs),
        limitMs: this.#limitMs,
      },
      request.signal,
    );
    const startedAt = performance.now();
    try {
      const { signal } = box;
      const addresses = await resolveTarget(url, { resolver, ownAddresses, isPrivate: hosts.isPrivate(url), signal });
      // What the caller sends is for the origin that it asked, and may be a secret.
      const { method = "GET", body, headers: own } = this.#isAway ? {} : request;
      const headers = { ...baseHeaders, ...own };
      const maxWireBytes = 2 * this.#maxBytes + fetchLimits.headerBytes;
      const hop = await openHop({ url, addresses, method, headers, body, maxWireBytes, signal });
      box.reached();
      return {
        hop,
        box,
        close: async () => {
          box[Symbol.dispose]();
          this.#spentMs += performance.now() - startedAt;
          await hop.close();
        },
      };
    } catch (error) {
      box[Symbol.dispose]();
      throw toFetchError(error, { url, signal: box.signal });
    }
  }

  #response(url: URL, { hop, box, close }: OpenedHop): GuardedResponse {
    return {
      url,
      status: hop.status,
      header: (name) => headerOf(hop, name),
      bytes: async () => {
        try {
          return await readBody(hop, { maxBytes: this.#maxBytes, signal: box.signal });
        } catch (error) {
          throw toFetchError(error, { url, signal: box.signal });
        } finally {
          await close();
        }
      },
      [Symbol.asyncDispose]: close,
    };
  }
}

interface OpenedHop {
  readonly hop: Hop;
  readonly box: TimeBox;
  readonly close: () => Promise<void>;
}

const checkPositive = (name: string, value: number): void => {
  if (!Number.isFinite(value) || value <= 0)
    throw new HoldfastError("argument.invalid", {
      message: `Expected "${name}" to be a finite number above 0, found ${value}.`,
    });
};

const baseHeaders = {
  "user-agent": "Mozilla/5.0 (compatible; Holdfast)",
  accept: "text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.5",
  // Not deflate, which means two things.
  "accept-encoding": "gzip, br",
};

const headerOf = ({ headers }: Hop, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
};

const redirectOf = (hop: Hop): string | undefined =>
  [301, 302, 303, 307, 308].includes(hop.status) ? headerOf(hop, "location") : undefined;

/** What ended a hop, as an error of ours; where a signal did, its reason. */
const toFetchError = (
  error: unknown,
  { url, signal }: { readonly url: URL; readonly signal: AbortSignal },
): unknown => {
  if (signal.aborted) return signal.reason;
  if (HoldfastError.isInstance(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return failed(`Expected an answer from ${url.origin}, and the connection or the answer failed: ${code}.`, error);
};
