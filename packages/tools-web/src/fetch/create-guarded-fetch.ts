import { checkUrl } from "./check-url.ts";
import { failed, refused } from "./fetch-error.ts";
import { readHostPolicy } from "./host-policy.ts";
import { systemAddresses } from "./own-network.ts";
import { Passage } from "./passage.ts";
import { systemResolver } from "./resolver.ts";

import type { GuardedFetch, GuardedFetchOptions, GuardedRequest } from "./guarded-fetch.ts";

/** Opens the guarded fetch. Holds nothing while no request is under way. */
export const createGuardedFetch = ({
  resolver = systemResolver,
  ownAddresses = systemAddresses,
  ...options
}: GuardedFetchOptions = {}): GuardedFetch => {
  const hosts = readHostPolicy(options);
  const open = async (url: string, request: GuardedRequest) =>
    new Passage({ hosts, resolver, ownAddresses, request }).open(url);
  return {
    open,
    fetchText: async (url, { signal, maxBytes }) => {
      const { origin } = checkUrl(url, hosts);
      await using response = await open(url, {
        signal,
        maxBytes,
        authorize: (hop) => {
          if (hop.url.origin !== origin)
            throw refused(
              "redirect-origin",
              `Expected redirects within ${origin}, found one to ${hop.url.origin}. It was not followed.`,
            );
        },
      });
      if (response.status < 200 || response.status > 299)
        throw failed(`Expected ${response.url.href} to be there, found status ${response.status}.`);
      return new TextDecoder().decode(await response.bytes());
    },
  };
};
