import { inRunner } from "../proof.ts";

import type { LawSection } from "./law.ts";

export const replays: LawSection = {
  title: "Replaying tools",
  laws: [
    {
      holds: "A call's beginning records its effect, policy, definition, plugin and attempt",
      provedBy: inRunner(
        "laws-replay.test",
        "tool.begun records the effect, its key, the replay policy, the definition, the plugin's version and the attempt",
      ),
    },
    {
      holds: "Recovery obeys the stricter of the recorded and today's policy",
      provedBy: inRunner("laws-replay.test", "recorded $recorded, $today today"),
    },
    {
      holds: "Another definition or a missing tool means unknown where the call had begun, stale where not",
      provedBy: inRunner(
        "laws-replay.test",
        "unknown for a begun call of policy %s",
        "stale for a call of policy %s that had not begun",
      ),
    },
    {
      holds: "After a restart a tool is told by its definition, not by its registration",
      provedBy: inRunner(
        "laws-replay.test",
        "after a restart stale is judged by definition, not by registration: a call runs with the same tool defined anew, or under another policy",
      ),
    },
    {
      holds: "`safe` and `keyed` begin again, durably, and then repeat the recorded effect",
      provedBy: inRunner(
        "laws-replay.test",
        "%s commits a new tool.begun, and only then repeats execute with the recorded effect and key",
      ),
    },
    {
      holds: "A probe that found it happened settles it with its output",
      provedBy: inRunner(
        "probes.test",
        "is told the recorded effect, its key, its attempt and its Location, and is settled with the output that it found",
      ),
    },
    {
      holds: "That nothing happened is believed only where the former owner is proven gone",
      provedBy: inRunner(
        "probes.test",
        "that did not happen runs again with the recorded effect and key, where its process is proven gone",
        "that did not happen yet is unknown where its process may still be at work",
      ),
    },
    {
      holds: "Partial or unknown opens an ask, whose answer settles the call or begins it again",
      provedBy: inRunner(
        "effect-asks.test",
        "opens one ask with what was recorded and found; the call stays open, and the session rests as asking",
        "answered $reply $where, is settled by it",
      ),
    },
    {
      holds: "Hosted calls that were never answered settle as infrastructure",
      provedBy: inRunner(
        "hosted-calls.test",
        "hosted calls that were never answered settle as infrastructure after a crash, and do not run here",
      ),
    },
  ],
};
