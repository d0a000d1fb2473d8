import { networkInterfaces } from "node:os";

import ipaddr from "ipaddr.js";

/** An address of this machine, as `os.networkInterfaces()` names it. */
export interface OwnAddress {
  readonly address: string;
  /** With how many bits its network has; null for none. */
  readonly cidr: string | null;
}

/** Port: this machine's addresses now. */
export type OwnAddresses = () => readonly OwnAddress[];

/** What the system says. It may change while we run, so it is asked for each hop. */
export const systemAddresses: OwnAddresses = () =>
  Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);

/** Whether an address is this machine's own, or, of IPv6, where each machine has a public one, of its network. */
export const isOwn = (text: string, own: readonly OwnAddress[]): boolean => {
  const address = ipaddr.parse(text);
  return own.some((one) => {
    const [network, bits] = networkOf(one);
    return network.kind() === address.kind() && address.match(network, bits);
  });
};

const networkOf = ({ address, cidr }: OwnAddress): [ipaddr.IPv4 | ipaddr.IPv6, number] => {
  const own = ipaddr.parse(address);
  if (own.kind() === "ipv4") return [own, 32];
  return cidr === null ? [own, 128] : [own, ipaddr.parseCIDR(cidr)[1]];
};
