import { expect } from "vitest";

import { endOf, Refused, StagedTool } from "./staged-tool.ts";
import { forCases } from "./tool-facts.ts";
import { WatchedCalls } from "./watched-calls.ts";

import type { ToolCase, ToolSubject, ToolWorld } from "./tool-subject.ts";

/** How a call ends whose permission is refused, and what it had done until then. */
const refused = async <TWorld extends ToolWorld>(
  subject: ToolSubject<TWorld>,
  one: ToolCase<TWorld>,
  { refuseAt, setup }: { readonly refuseAt: number; readonly setup: ToolCase<TWorld>["setup"] },
) => {
  await using staged = await StagedTool.open(subject, one, setup ?? (() => undefined));
  const before = await staged.snapshot();
  const watch = new WatchedCalls();
  const end = await endOf(staged.prepare({ watch, refuseAt }));
  expect(await staged.snapshot()).toEqual(before);
  return { end, operations: watch.operations };
};

const countAsked = async <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>, one: ToolCase<TWorld>) => {
  await using staged = await StagedTool.open(subject, one);
  let asked = 0;
  await staged.prepare({ onAsked: () => void asked++ });
  return asked;
};

/** Nothing is read, changed or said before the call is approved. */
export const describeApprovals = <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>): void => {
  forCases(subject, ["approval", "asks before it looks at anything"], async (one) => {
    const { end, operations } = await refused(subject, one, { refuseAt: 1, setup: one.setup });
    expect(operations).toEqual([]);
    expect(end).toEqual({ type: "failed", error: expect.any(Refused) as Refused });
  });

  forCases(subject, ["approval", "says the same when it is refused, whatever is there"], async (one) => {
    const setups = [one.setup, undefined, ...(one.otherwise ?? [])];
    const ends = new Set<string>();
    for (const setup of setups) {
      const { end } = await refused(subject, one, { refuseAt: 1, setup });
      ends.add(end.type === "failed" ? String(end.error) : "was not refused");
    }
    expect([...ends]).toHaveLength(1);
  });

  forCases(subject, ["approval", "ends with any refusal, and passes it on as it is"], async (one) => {
    const asked = await countAsked(subject, one);
    expect(asked).toBeGreaterThan(0);
    for (let refuseAt = 1; refuseAt <= asked; refuseAt++) {
      const { end } = await refused(subject, one, { refuseAt, setup: one.setup });
      expect(end).toEqual({ type: "failed", error: expect.any(Refused) as Refused });
    }
  });
};
