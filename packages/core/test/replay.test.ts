import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { callVerdict } from "../src/session/decide/call-verdict.ts";
import { probeVerdict } from "../src/session/decide/probe-verdict.ts";
import { stricterReplay } from "../src/session/decide/stricter-replay.ts";
import { defineTool } from "../src/tool/define-tool.ts";

import type { ReplayPolicy } from "../src/event/tool-events.ts";
import type { CallForecastVerdict, Consent, OpenCall } from "../src/session/decide/call-verdict.ts";
import type { Found } from "../src/session/decide/probe-verdict.ts";

const repeats = ({ replay }: { readonly replay: ReplayPolicy }): boolean => replay === "safe" || replay === "keyed";
const probe = () => ({ outcome: "unknown" }) as const;
const policies: readonly ReplayPolicy[] = ["never", "probe", "keyed", "safe"];
const [same, changed] = ["a".repeat(64), "b".repeat(64)];
const terms = (replay: ReplayPolicy, definition = same) => ({ replay, definition });
const none = { isHosted: false, advertised: same, begun: undefined } as const;
const called = (today: OpenCall["today"], more: Partial<OpenCall> = {}): OpenCall => ({
  ...none,
  state: "called",
  today,
  ...more,
});
const begun = (recorded: OpenCall["begun"], today: OpenCall["today"]): OpenCall => ({
  ...none,
  state: "begun",
  begun: recorded,
  today,
});

describe("stricterReplay", () => {
  const table: Record<ReplayPolicy, Record<ReplayPolicy, ReplayPolicy>> = {
    never: { never: "never", probe: "never", keyed: "never", safe: "never" },
    probe: { never: "never", probe: "probe", keyed: "probe", safe: "probe" },
    keyed: { never: "never", probe: "probe", keyed: "keyed", safe: "keyed" },
    safe: { never: "never", probe: "probe", keyed: "keyed", safe: "safe" },
  };
  const pairs = policies.flatMap((left) => policies.map((right) => [left, right] as const));
  it.each(pairs)("of %s and %s is the one that acts less", (left, right) => {
    expect(stricterReplay(left, right)).toBe(table[left][right]);
  });

  it("is the same in whichever order they are named, and in whichever order three are", () => {
    const policy = fc.constantFrom(...policies);
    fc.assert(
      fc.property(policy, policy, policy, (one, two, three) => {
        expect(stricterReplay(one, two)).toBe(stricterReplay(two, one));
        expect(stricterReplay(stricterReplay(one, two), three)).toBe(stricterReplay(one, stricterReplay(two, three)));
      }),
    );
  });
});

describe("callVerdict", () => {
  const [never, safe, keyed, probed] = [terms("never"), terms("safe"), terms("keyed"), terms("probe")];

  it.each<[string, CallForecastVerdict, CallForecastVerdict, OpenCall]>([
    ["called, tool unchanged and safe", "run", "cancelled", called(safe)],
    ["called, tool unchanged and unsafe: nothing happened yet", "run", "cancelled", called(never)],
    ["called, tool changed", "stale", "cancelled", called(terms("safe", changed))],
    ["called, tool gone", "stale", "cancelled", called(undefined)],
    ["called, never advertised and still not there", "run", "cancelled", called(undefined, { advertised: undefined })],
    ["called, never advertised and there today", "stale", "cancelled", called(safe, { advertised: undefined })],
    ["called, for the provider to run", "unanswered", "unanswered", called(undefined, { isHosted: true })],
    ["called, for the provider, of a name of ours", "unanswered", "unanswered", called(safe, { isHosted: true })],
    ["begun never", "unknown", "unknown", begun(never, never)],
    ["begun never, tool safe today", "unknown", "unknown", begun(never, safe)],
    ["begun never, tool gone", "unknown", "unknown", begun(never, undefined)],
    ["begun safe", "repeat", "unknown", begun(safe, safe)],
    ["begun safe, tool never today", "unknown", "unknown", begun(safe, never)],
    ["begun safe, tool keyed today", "repeat", "unknown", begun(safe, keyed)],
    ["begun safe, tool looks today", "probe", "probe", begun(safe, probed)],
    ["begun safe, tool changed", "unknown", "unknown", begun(safe, terms("safe", changed))],
    ["begun safe, tool gone", "unknown", "unknown", begun(safe, undefined)],
    ["begun keyed", "repeat", "unknown", begun(keyed, keyed)],
    ["begun keyed, tool gone", "unknown", "unknown", begun(keyed, undefined)],
    ["begun probe: to look changes nothing", "probe", "probe", begun(probed, probed)],
    ["begun probe, tool safe today", "probe", "probe", begun(probed, safe)],
    ["begun probe, tool never today", "unknown", "unknown", begun(probed, never)],
    ["begun probe, tool changed", "unknown", "unknown", begun(probed, terms("probe", changed))],
    ["begun, record missing", "unknown", "unknown", begun(undefined, safe)],
  ])("%s: %s with full consent, %s with a new prompt alone", (...[, everything, conversation, call]) => {
    expect(callVerdict(call, "everything")).toBe(everything);
    expect(callVerdict(call, "conversation")).toBe(conversation);
  });

  const anyTerms = fc.option(
    fc.record({ replay: fc.constantFrom(...policies), definition: fc.constantFrom(same, changed) }),
    { nil: undefined },
  );
  const anyConsent = fc.constantFrom<Consent>("everything", "conversation");

  it("repeats a begun call only where both policies allow it, for the same tool, with consent to it", () => {
    fc.assert(
      fc.property(anyTerms, anyTerms, anyConsent, (recorded, today, consent) => {
        const isRepeated = callVerdict(begun(recorded, today), consent) === "repeat";
        expect(isRepeated).toBe(
          consent === "everything" &&
            recorded !== undefined &&
            today !== undefined &&
            recorded.definition === today.definition &&
            repeats(recorded) &&
            repeats(today),
        );
      }),
    );
  });

  it("never lets a tool that became freer do more with what had begun", () => {
    const freedom: Partial<Record<CallForecastVerdict, number>> = { unknown: 0, probe: 1, repeat: 2 };
    fc.assert(
      fc.property(fc.constantFrom(...policies), fc.constantFrom(...policies), (recorded, today) => {
        const alone = freedom[callVerdict(begun(terms(recorded), terms(recorded)), "everything")] ?? -1;
        const now = freedom[callVerdict(begun(terms(recorded), terms(today)), "everything")] ?? 9;
        expect(now).toBeLessThanOrEqual(alone);
      }),
    );
  });
});

describe("probeVerdict", () => {
  const [full, gone, ask] = [{ consent: "everything" }, { isOwnerGone: true }, { canAsk: true }] as const;
  const [alone, there, mute] = [{ consent: "conversation" }, { isOwnerGone: false }, { canAsk: false }] as const;

  it.each<[Found, Parameters<typeof probeVerdict>[1], ReturnType<typeof probeVerdict>]>([
    ["happened", { ...full, ...gone, ...ask }, "happened"],
    ["happened", { ...alone, ...there, ...mute }, "happened"],
    ["not", { ...full, ...gone, ...mute }, "repeat"],
    ["not", { ...full, ...there, ...ask }, "asked"],
    ["not", { ...full, ...there, ...mute }, "unknown"],
    ["not", { ...alone, ...gone, ...ask }, "cancelled"],
    ["not", { ...alone, ...there, ...ask }, "unknown"],
    ["partial", { ...full, ...gone, ...ask }, "asked"],
    ["partial", { ...full, ...gone, ...mute }, "unknown"],
    ["partial", { ...alone, ...gone, ...ask }, "unknown"],
    ["unknown", { ...full, ...gone, ...ask }, "asked"],
    ["unknown", { ...full, ...gone, ...mute }, "unknown"],
    ["unknown", { ...alone, ...gone, ...ask }, "unknown"],
  ])("found %s, with %j: %s", (found, probed, verdict) => {
    expect(probeVerdict(found, probed)).toBe(verdict);
  });

  it("acts again only where nothing happened, nobody is left to do it, and there is consent to it", () => {
    const anyTerms = fc.record({
      consent: fc.constantFrom<Consent>("everything", "conversation"),
      isOwnerGone: fc.boolean(),
      canAsk: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.constantFrom<Found>("happened", "not", "partial", "unknown"), anyTerms, (found, probed) => {
        const isRepeated = probeVerdict(found, probed) === "repeat";
        expect(isRepeated).toBe(found === "not" && probed.isOwnerGone && probed.consent === "everything");
      }),
    );
  });
});

describe("defineTool", () => {
  const tool = { name: "act", description: "", input: z.object({}), output: z.string(), execute: () => "done" };

  it.each(["never", "safe", "keyed", undefined] as const)(
    "refuses a probe under the policy %s, where nobody asks it",
    (replay) => {
      expect(() => defineTool({ ...tool, ...(replay === undefined ? {} : { replay }), probe })).toThrow(
        expect.objectContaining({ code: "plugin.invalid" }),
      );
    },
  );

  it("refuses the policy probe without a probe, and takes it with one", () => {
    expect(() => defineTool({ ...tool, replay: "probe" })).toThrow(expect.objectContaining({ code: "plugin.invalid" }));
    expect(defineTool({ ...tool, replay: "probe", probe })).toMatchObject({ replay: "probe" });
  });
});
