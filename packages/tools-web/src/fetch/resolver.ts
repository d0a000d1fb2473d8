import { lookup } from "node:dns/promises";

/** Port: all addresses of a name, IPv4 and IPv6 as text. Asked once for each hop; what it says is checked, and then connected to. */
export interface Resolver {
  resolve(hostname: string, signal: AbortSignal): Promise<readonly string[]>;
}

/** Asks this machine's resolver, as other programs do. A question that is under way cannot be taken back; nobody waits for it then. */
export const systemResolver: Resolver = {
  resolve: async (hostname) => (await lookup(hostname, { all: true, order: "verbatim" })).map(({ address }) => address),
};
