import { proofsIn } from "../proof.ts";

import type { LawSection } from "./law.ts";

const inWeb = proofsIn("packages/tools-web/test");

export const web: LawSection = {
  title: "The web",
  laws: [
    {
      holds: "A rule that allows every `webfetch` does not open a host that is not public",
      provedBy: inWeb("runtime.test", "a rule that allows every webfetch does not open a private host"),
    },
    {
      holds: "Nothing is looked up or sent before a call is approved, and no redirect leads where nobody was asked",
      provedBy: inWeb(
        "webfetch.test",
        "looks nothing up and sends nothing where it is refused",
        "follows redirects within the origin, and tells one to another origin without going there",
      ),
    },
    {
      holds: "What came from the web stands between marks that it cannot write itself, also where it is cut",
      provedBy: [
        ...inWeb("webfetch.test", "marks what came from the web, and no page ends the mark by itself"),
        ...inWeb(
          "runtime.test",
          "a page that is too long to be shown is kept whole, and stays marked as untrusted where it is cut",
        ),
      ],
    },
  ],
};
