import { fetchLimits } from "./fetch-limits.ts";
import { refused } from "./fetch-error.ts";
import { portOf } from "./host-policy.ts";

import type { HostPolicy } from "./host-policy.ts";

/**
 * The URL that would be fetched, as the URL standard reads it, which undoes disguises of addresses: octal, hexadecimal, short and integer
 * forms, other scripts' digits. Without fragment, and without the dot at the end of a name. Looks nothing up.
 *
 * @throws fetch.refused for what is no URL of http or https, holds credentials, or names another port.
 */
export const checkUrl = (text: string, hosts: HostPolicy): URL => {
  const url = text.length <= fetchLimits.urlCharacters ? URL.parse(text) : null;
  if (url === null) {
    throw refused(
      "malformed",
      `Expected a URL of http or https of at most ${fetchLimits.urlCharacters} characters, found ${JSON.stringify(text.slice(0, 200))}. Give the whole URL of a page.`,
    );
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw refused("protocol", `Expected a URL of http or https, found one of ${url.protocol} Nothing else is fetched.`);
  }
  if (url.username !== "" || url.password !== "") {
    throw refused(
      "credentials",
      `Expected a URL without a name or password before its host, found one with them for ${url.hostname}. Leave them out.`,
    );
  }
  url.hash = "";
  // The root's dot makes another text of the same name.
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.slice(0, -1);
  if (url.hostname === "" || url.hostname.endsWith(".")) {
    throw refused("malformed", `Expected a URL with the name of a host, found ${JSON.stringify(text.slice(0, 200))}.`);
  }
  const port = portOf(url);
  if (!hosts.ports.includes(port) && !hosts.isPrivate(url)) {
    throw refused(
      "port",
      `Expected one of the ports ${hosts.ports.join(", ")}, found ${port} at ${url.hostname}. No other is fetched from, unless the host's option "privateHosts" names it.`,
    );
  }
  return url;
};
