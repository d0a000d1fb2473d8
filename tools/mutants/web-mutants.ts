import type { Mutant } from "./mutant.ts";

const source = "packages/tools-web/src";
const test = "packages/tools-web/test";

/** Web tools that let somebody in, and look right. */
export const webMutants: readonly Mutant[] = [
  {
    name: "take an address of a carrier for a public one",
    edits: [
      {
        file: `${source}/fetch/classify-address.ts`,
        find: 'if (range !== "unicast") return range;',
        replace: 'if (range !== "unicast" && range !== "carrierGradeNat") return range;',
      },
    ],
    caughtBy: { file: `${test}/guarded-fetch.test.ts`, title: 'such as "100.64.0.1" is not' },
  },
  {
    name: "follow a redirect to an origin that nobody allowed",
    edits: [
      {
        file: `${source}/tools/webfetch-tool.ts`,
        find: "if (!origins.includes(hop.url.origin))",
        replace: "if (!origins.includes(hop.url.origin) && !hop.isRedirect)",
      },
    ],
    caughtBy: {
      file: `${test}/webfetch.test.ts`,
      title: "follows redirects within the origin, and tells one to another origin without going there",
    },
  },
  {
    name: "open a private host to whoever may fetch",
    edits: [
      {
        file: `${source}/tools/webfetch-tool.ts`,
        find: 'action: "private_host"',
        replace: 'action: "webfetch"',
      },
    ],
    caughtBy: {
      file: `${test}/runtime.test.ts`,
      title: "a rule that allows every webfetch does not open a private host",
    },
  },
  {
    name: "let a page end the mark that it stands in",
    edits: [{ file: `${source}/tools/untrusted.ts`, find: '${name})`, "giu")', replace: '${name})`, "gu")' }],
    caughtBy: {
      file: `${test}/webfetch.test.ts`,
      title: "marks what came from the web, and no page ends the mark by itself",
    },
  },
  {
    name: "send a search key along a redirect",
    edits: [{ file: `${source}/search/request-json.ts`, find: "redirects: 0,", replace: "redirects: 5," }],
    caughtBy: { file: `${test}/search.contract.test.ts`, title: "says that the service failed for a redirect" },
  },
];
