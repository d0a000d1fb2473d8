import type { OwnAddresses } from "./own-network.ts";
import type { Resolver } from "./resolver.ts";

/** What a host may choose of a guarded fetch. */
export interface GuardedFetchOptions {
  /** Default: this machine's own. */
  readonly resolver?: Resolver | undefined;
  /** Addresses that are not fetched from although they may be public. Default: those of `os.networkInterfaces()`. */
  readonly ownAddresses?: OwnAddresses | undefined;
  /**
   * Hosts that may be fetched from although their addresses are not public, as `host` or `host:port`: names or addresses, IPv6 ones in
   * brackets. A name leads to no link-local address, whatever it resolves to. Default: none.
   */
  readonly privateHosts?: readonly string[] | undefined;
  /** Ports that are fetched from. Default: 80, 443, 8080 and 8443. */
  readonly ports?: readonly number[] | undefined;
}

/** A hop that is about to be made, before its name is looked up. */
export interface PlannedHop {
  readonly url: URL;
  /** Whether the host's option "privateHosts" names it. */
  readonly isPrivate: boolean;
  /** Whether a server sent us here. */
  readonly isRedirect: boolean;
}

/** One guarded request. */
export interface GuardedRequest {
  readonly signal: AbortSignal;
  /** Default `GET`. */
  readonly method?: "GET" | "POST" | undefined;
  /** Like the body, for the URL's origin alone: once a redirect leads to another one, both are left out, and the method is `GET`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Of all hops and the body, without what `authorize` takes: 1 to 120,000. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Of the body after decompression. Default and most: 5 MiB. */
  readonly maxBytes?: number | undefined;
  /** How many redirects are followed: 0 to 5, the default. One more is refused. */
  readonly redirects?: number | undefined;
  /** Asked before each hop, and before anything is looked up for it. What it throws ends the fetch. */
  readonly authorize?: ((hop: PlannedHop) => Promise<void> | void) | undefined;
}

/** An answer whose body was not read yet. Its time goes on until it is read or disposed of. */
export interface GuardedResponse extends AsyncDisposable {
  /** Where it came from, after redirects. */
  readonly url: URL;
  readonly status: number;
  /** The first value of a header; the name in lower case. */
  header(name: string): string | undefined;
  /** All of the body, decompressed. */
  bytes(): Promise<Buffer>;
}

/** The one way to the web that everything in this package takes. */
export interface GuardedFetch {
  /**
   * Requests a URL over http or https. Each hop is checked, its name is resolved once, and the connection goes to the addresses that were
   * checked. No cookies, no credentials, no proxy.
   *
   * @throws argument.invalid for limits that are no finite number above 0; fetch.refused, fetch.timeout, fetch.too-large, fetch.failed; and the signal's reason.
   */
  open(url: string, request: GuardedRequest): Promise<GuardedResponse>;
  /**
   * The text of a URL that answers with success, read as UTF-8. For skills and the like: redirects stay within the origin.
   *
   * @throws as `open` does; fetch.failed for any status but those of success.
   */
  readonly fetchText: (
    url: string,
    options: { readonly signal: AbortSignal; readonly maxBytes?: number | undefined },
  ) => Promise<string>;
}
