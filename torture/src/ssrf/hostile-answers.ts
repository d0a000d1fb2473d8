/** A name, and what its resolver says each time that it is asked: the last answer again and again. */
export interface HostileAnswer {
  readonly host: string;
  readonly answers: readonly (readonly string[])[];
}

const loopback = "127.0.0.1";
/** A public address, at which nothing answers here. */
const elsewhere = "93.184.216.34";

/** Names that lead to the canary, or to what must not be reached. */
export const hostileAnswers: readonly HostileAnswer[] = [
  { host: "localhost", answers: [[loopback]] },
  { host: "localhost.", answers: [[loopback]] },
  { host: "LOCALHOST", answers: [[loopback]] },
  { host: "a.localhost", answers: [["::1"]] },
  { host: "loopback.example", answers: [[loopback]] },
  { host: "loopback6.example", answers: [["::1"]] },
  { host: "127.0.0.1.nip.example", answers: [[loopback]] },
  { host: "mapped.example", answers: [["::ffff:127.0.0.1"]] },
  { host: "nat64.example", answers: [["64:ff9b::7f00:1"]] },
  { host: "6to4.example", answers: [["2002:7f00:1::"]] },
  { host: "zone.example", answers: [["fe80::1%lo"]] },
  { host: "unspecified.example", answers: [["0.0.0.0"]] },
  { host: "unspecified6.example", answers: [["::"]] },
  { host: "private.example", answers: [["10.1.2.3"]] },
  { host: "metadata.google.internal", answers: [["169.254.169.254"]] },
  { host: "metadata6.example", answers: [["fd00:ec2::254"]] },
  { host: "carrier.example", answers: [["100.64.1.1"]] },
  { host: "multicast.example", answers: [["224.0.0.251"]] },
  { host: "both.example", answers: [[elsewhere, loopback]] },
  { host: "both-turned.example", answers: [[loopback, elsewhere]] },
  { host: "both6.example", answers: [["2606:2800:220:1::1", "::1"]] },
  { host: "both-mixed.example", answers: [[elsewhere, "::1"]] },
  { host: "both-many.example", answers: [[...Array.from({ length: 20 }, () => elsewhere), loopback]] },
  { host: "garbage.example", answers: [["not an address"]] },
  { host: "octal.example", answers: [["0177.0.0.1"]] },
  { host: "integer.example", answers: [["2130706433"]] },
  { host: "none.example", answers: [[]] },
  { host: "xn--n3h.example", answers: [[loopback]] },
  { host: "ｌｏｃａｌｈｏｓｔ", answers: [[loopback]] },
  { host: "rebind.example", answers: [[elsewhere], [loopback]] },
  { host: "rebind6.example", answers: [["2606:2800:220:1::1"], ["::1"]] },
  { host: "rebind-metadata.example", answers: [[elsewhere], ["169.254.169.254"]] },
];
