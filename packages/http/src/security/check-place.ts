import { isIP } from "node:net";

import { HoldfastError } from "@holdfast/core";

/** What a server is called, and who else may call it. */
export interface Place {
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
}

const loopback: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * A check of where a request comes from (PROTOCOL 8.3): a page of another site can make a browser send one, and a name that was bound to
 * this address a moment ago can make it look like this server's own.
 *
 * @returns The origin to name in CORS headers, where there is one.
 * @throws http.forbidden
 */
export const placeCheck = ({ hosts, origins }: Place): ((request: Request) => string | undefined) => {
  const names = new Set(hosts.map((host) => toName(host)));
  return (request) => {
    const host = request.headers.get("host") ?? new URL(request.url).host;
    const name = toName(host);
    // Of a wildcard, any address: whoever has to name one was not led here by a name of theirs.
    const isOurs = loopback.has(name) || names.has(name) || (names.has("*") && isAddress(name));
    if (!isOurs) throw forbidden(`Expected a Host that is a name of this server, found ${quote(host)}`);
    const origin = request.headers.get("origin");
    if (origin === null) {
      if (request.headers.get("sec-fetch-site") !== "cross-site") return undefined;
      throw forbidden("Expected a request of this server's own pages, found one of another site");
    }
    if (origins.includes(origin)) return origin;
    if (URL.canParse(origin) && new URL(origin).host === host.toLowerCase()) return origin;
    throw forbidden(`Expected an Origin that is this server's own or allowed, found ${quote(origin)}`);
  };
};

const toName = (host: string): string => host.toLowerCase().replace(/:\d*$/, "");

const isAddress = (name: string): boolean => isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;

const quote = (text: string): string => JSON.stringify(text.slice(0, 200));

const forbidden = (finding: string): HoldfastError<"http.forbidden"> =>
  new HoldfastError("http.forbidden", {
    message: `${finding}. Whoever runs the server adds names to "hosts" and sites to "origins".`,
  });
