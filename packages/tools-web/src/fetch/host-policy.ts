import { HoldfastError } from "@holdfast/core";

import { fetchLimits } from "./fetch-limits.ts";

import type { GuardedFetchOptions } from "./guarded-fetch.ts";

/** Which hosts and ports may be fetched from. */
export interface HostPolicy {
  readonly ports: readonly number[];
  /** Whether a URL's host may have addresses that are not public. */
  isPrivate(url: URL): boolean;
}

/**
 * Reads a list of `host` and `host:port`: names or addresses, IPv6 ones in brackets. Without a port, the ports are the usual ones.
 *
 * @throws argument.invalid for an entry that is something else.
 */
export const readHostPolicy = ({
  privateHosts = [],
  ports = fetchLimits.ports,
}: Pick<GuardedFetchOptions, "privateHosts" | "ports">): HostPolicy => {
  const listed = new Set(privateHosts.map(readEntry));
  return {
    ports,
    isPrivate: (url) => {
      const port = portOf(url);
      return listed.has(`${url.hostname}:${port}`) || (listed.has(url.hostname) && ports.includes(port));
    },
  };
};

/** The port that a URL means. */
export const portOf = (url: URL): number => Number(url.port || (url.protocol === "https:" ? 443 : 80));

const readEntry = (entry: string): string => {
  // The default port of a scheme is dropped: two schemes tell whether one was named.
  const [http, https] = ["http", "https"].map((scheme) => URL.parse(`${scheme}://${entry}`));
  if (http == null || https == null || http.href !== `http://${http.host}/`) {
    throw new HoldfastError("argument.invalid", {
      message: `Expected host or host:port in "privateHosts", such as "localhost:3000", found ${JSON.stringify(entry)}.`,
    });
  }
  const port = http.port || https.port;
  return port === "" ? http.hostname : `${http.hostname}:${port}`;
};
