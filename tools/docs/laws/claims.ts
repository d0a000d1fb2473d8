import { inCore, inRunner, inSqlite, inStoreContract, inTorture } from "../proof.ts";

import type { LawSection } from "./law.ts";

export const claims: LawSection = {
  title: "Claims and processes",
  laws: [
    {
      holds: "An owner is one random ID and one renewed row for each runtime",
      provedBy: inRunner(
        "laws-claims.test",
        "an owner is a random ID per runtime beside its process, and has one renewal row, however many sessions it works on",
      ),
    },
    {
      holds: "A claim is taken from the very row that was judged dead",
      provedBy: inStoreContract(
        "claims",
        "law 6 taken once: of many that take it from the same row, one wins",
        "law 6 taken once: an owner that renews between the look and the take keeps its claim",
      ),
    },
    {
      holds: "A new fence is greater than any in the log",
      provedBy: [
        ...inStoreContract(
          "claims",
          "law 6 taken once: a released claim keeps its fence, and is taken from the released row alone",
        ),
        ...inStoreContract("imported", "law 17 imported: a new fence is greater than any in the log"),
      ],
    },
    {
      holds: "An owner elsewhere is dead when no renewal was seen for 15 s of the observer's monotonic clock",
      provedBy: inRunner(
        "ownership.test",
        "whose renewals were not seen to move for 15 s is gone, and not a moment before",
        "is not gone because a wall clock jumped, here or there",
      ),
    },
    {
      holds:
        "Before each effect the owner looks at its own lease. What remains is a stop between that look and the effect",
      provedBy: [
        ...inRunner(
          "ownership.test",
          "that could not be renewed in time refuses an effect that was about to begin, until the claim is taken anew",
        ),
        ...inTorture(
          "stale/stale",
          "a stale owner that wakes up again commits nothing that only an owner may; what it had begun is unknown, and never not happened",
        ),
      ],
    },
    {
      holds: "A take-over counts a recovery first; then plugins, probes, the receipt, and only then work",
      provedBy: inRunner(
        "laws-claims.test",
        "a take-over counts one recovery before a plugin's setup, then probes, then writes its receipt, then works",
      ),
    },
    {
      holds: "A probe has a time limit",
      provedBy: inRunner(
        "probes.test",
        "is unknown where its tool %s and nobody can be asked, and the model reads why",
      ),
    },
    {
      holds: "Ten recoveries without progress end the execution as failed",
      provedBy: [
        ...inRunner(
          "recovery.test",
          "ten without progress are tried, and the next one ends the execution as failed",
          "are counted anew after a settled call",
        ),
        ...inCore(
          "decide.test",
          "reaches the limit of 10 after ten recoveries in a row without progress, and with progress never",
        ),
      ],
    },
    {
      holds: "Discovery finds dead claims, and inputs that nobody took for 2 s, by indexes",
      provedBy: [
        ...inRunner("discovery.test", "finds an input that nobody took behind 500 sessions %s"),
        ...inSqlite(
          "query-plans.test",
          "work is found in the order of its indexes: nothing is scanned as a whole, and nothing is sorted",
        ),
      ],
    },
    {
      holds: "Discovery backs off, session by session",
      provedBy: inRunner(
        "laws-claims.test",
        "a session whose take-over keeps failing is taken up again ever more slowly, and starves none behind it",
      ),
    },
    {
      holds: "Policies `off` and `park` never take over by themselves",
      provedBy: inRunner("ownership.test", "policy %s never does by itself, and writes nothing"),
    },
    {
      holds: "A runtime discovers executions of its own name alone",
      provedBy: inRunner(
        "ownership.test",
        "policy resume does once the claim has expired, but only for executions of its own runtime name",
      ),
    },
    {
      holds: "Disposal takes no new work",
      provedBy: inRunner(
        "coordinator.test",
        "does no more work: what waits stays in the inbox, and nothing is committed once it is done",
      ),
    },
    {
      holds: "Disposal closes open blocks as cut, and gives its claims up",
      provedBy: inRunner(
        "dispose.test",
        "keeps what had arrived as cut and gives the claim up; another runtime finishes in a new message after a request to continue",
      ),
    },
    {
      holds: "Disposal waits 5 s for begun calls, and never for a person or a provider",
      provedBy: [
        ...inRunner(
          "dispose.test",
          "waits 5 s for one that had begun, then tells it to stop, leaves the call open, and is done",
        ),
        ...inRunner(
          "asks-rest.test",
          "a runtime that is disposed of while it asks waits for nobody, and leaves the ask to whoever answers",
        ),
        ...inRunner("hostile-streams.test", "is not waited for when the runtime closes"),
      ],
    },
    {
      holds: "An open execution without a live claim is orphaned, whatever ended the claim",
      provedBy: inRunner(
        "laws-claims.test",
        "an open execution without a live claim is orphaned, whatever ended the claim, and discovery covers it",
      ),
    },
  ],
};
