import { isIP } from "node:net";

import { classifyAddress, isLinkLocal } from "./classify-address.ts";
import { failed, refused } from "./fetch-error.ts";
import { isOwn } from "./own-network.ts";
import { unlessAborted } from "./unless-aborted.ts";

import type { OwnAddresses } from "./own-network.ts";
import type { Resolver } from "./resolver.ts";

/** Where a hop connects to. */
export interface PinnedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * The addresses of a URL's host, asked for once, each of them public and not this machine's own, or all allowed as the host's are. A name that
 * is allowed leads to no link-local address: a cloud's metadata is opened by its address alone.
 *
 * @throws fetch.refused where any address is not such: a name with two faces is refused, whichever would be used. fetch.failed where the
 * name has none.
 */
export const resolveTarget = async (
  url: URL,
  {
    resolver,
    ownAddresses,
    isPrivate,
    signal,
  }: {
    readonly resolver: Resolver;
    readonly ownAddresses: OwnAddresses;
    readonly isPrivate: boolean;
    readonly signal: AbortSignal;
  },
): Promise<readonly PinnedAddress[]> => {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const addresses = isIP(host) !== 0 ? [host] : await addressesOf(host, { resolver, signal });
  if (addresses.length === 0)
    throw failed(`Expected an address of ${host}, found none. Look whether the name is right.`);
  if (isPrivate) {
    if (isIP(host) === 0 && addresses.some(isLinkLocal))
      throw refused(
        "address",
        `Expected ${host} to have no link-local address, found one. It is not fetched from, unless the host's option "privateHosts" names the address itself.`,
      );
  } else {
    const own = ownAddresses();
    for (const address of addresses) {
      const range = classifyAddress(address);
      if (range === "public" && !isOwn(address, own)) continue;
      // Which address it is, is nothing that a model should learn of a network.
      throw refused(
        "address",
        `Expected ${host} to have public addresses alone, found one that is ${range === "public" ? "of this machine or its own network" : range}. It is not fetched from, unless the host's option "privateHosts" names it.`,
      );
    }
  }
  return addresses.map((address) => ({ address, family: isIP(address) === 4 ? 4 : 6 }));
};

const addressesOf = async (
  host: string,
  { resolver, signal }: { readonly resolver: Resolver; readonly signal: AbortSignal },
): Promise<readonly string[]> => {
  signal.throwIfAborted();
  try {
    // Each once, so that a resolver's long list is not tried for ever.
    return [...new Set(await unlessAborted(resolver.resolve(host, signal), signal))].slice(0, 16);
  } catch (error) {
    signal.throwIfAborted();
    throw failed(`Expected addresses of ${host}, and asking for them failed: ${codeOf(error)}.`, error);
  }
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
