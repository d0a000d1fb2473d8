import { isIP } from "node:net";

import ipaddr from "ipaddr.js";

/**
 * What an address is for, after the special-purpose registries of IANA: "public", or the name of what it is else. Of IPv6, only global
 * unicast (2000::/3) is public, without what carries an IPv4 address inside or is set apart.
 */
export const classifyAddress = (text: string): string => {
  // Only what a connection reads in the same way: ipaddr.js also takes octal, short and integer forms.
  if (isIP(text) === 0 || !ipaddr.isValid(text)) return "malformed";
  const address = ipaddr.parse(text);
  const range = address.range();
  if (range !== "unicast") return range;
  for (const [name, ...rest] of setApart) {
    const [network, bits] = ipaddr.parseCIDR(rest[0]);
    if (network.kind() === address.kind() && address.match(network, bits)) return name;
  }
  if (address instanceof ipaddr.IPv4) return "public";
  if (((address.parts[0] ?? 0) & 0xe000) !== 0x2000) return "reserved";
  // ISATAP (RFC 5214) ends in 0:5efe or 200:5efe and an IPv4 address.
  return ((address.parts[4] ?? 0) & 0xfdff) === 0 && address.parts[5] === 0x5efe ? "isatap" : "public";
};

/** Whether an address is one of a single link, such as a cloud's metadata, in the form of IPv6 too. */
export const isLinkLocal = (text: string): boolean => isIP(text) !== 0 && ipaddr.process(text).range() === "linkLocal";

/** What the ranges of ipaddr.js do not name; and one address of a cloud's host, which lies in a public network. */
const setApart: readonly (readonly [name: string, network: string])[] = [
  ["azureWireServer", "168.63.129.16/32"],
  ["protocolAssignments", "192.0.0.0/24"],
  ["6to4Relay", "192.88.99.0/24"],
  ["as112", "192.175.48.0/24"],
  ["benchmarking", "198.18.0.0/15"],
  ["protocolAssignments", "2001::/23"],
  ["documentation", "2001:db8::/32"],
  ["as112", "2620:4f:8000::/48"],
  ["documentation", "3fff::/20"],
];
