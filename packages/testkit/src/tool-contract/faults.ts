import { ToolFailure } from "@holdfast/core/tool";
import { expect } from "vitest";

import { cleanRun, endOf, StagedTool } from "./staged-tool.ts";
import { forCases, isSame, prepared } from "./tool-facts.ts";
import { SystemFault, WatchedCalls } from "./watched-calls.ts";

import type { Ended, CleanRun } from "./staged-tool.ts";
import type { ToolCase, ToolSubject, ToolWorld, WorldSnapshot } from "./tool-subject.ts";

const slowMs = 20;

const slow = (): WatchedCalls =>
  new WatchedCalls({ before: () => new Promise((resolve) => setTimeout(resolve, slowMs)) });

const failAt = (place: number, code: string): WatchedCalls =>
  new WatchedCalls({
    before: (index, operation) => {
      if (index === place) throw new SystemFault(code, operation);
    },
  });

/** What the model may read, or the system's own error: nothing that merely broke down over it. */
const assertNamed = (end: Ended, at: string): void => {
  if (end.type === "done" || ToolFailure.isInstance(end.error)) return;
  const chain: unknown[] = [];
  for (let error = end.error; error instanceof Error; error = error.cause) chain.push(error);
  expect(
    chain.some((error) => error instanceof SystemFault),
    `${at}: ${String(end.error)}`,
  ).toBe(true);
};

/** A failure that the model reads was none of it, or says what was; anything else is all or nothing. */
const assertHonest = (
  end: Ended,
  now: WorldSnapshot,
  {
    run: { before, after },
    one,
    at,
  }: { readonly run: CleanRun; readonly one: Pick<ToolCase, "saysPartial">; readonly at: string },
): void => {
  if (end.type === "done") {
    expect(now, at).toEqual(after);
  } else if (ToolFailure.isInstance(end.error)) {
    if (one.saysPartial?.(end.error.message) !== true) expect(now, `${at}: ${end.error.message}`).toEqual(before);
  } else {
    expect(now, at).toEqual(isSame(now, before) ? before : after);
  }
};

/** A system that fails at any place leaves no half of anything, and is named. */
export const describeFaults = <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>): void => {
  const { faultCodes = ["EACCES", "ENOSPC", "EIO"] } = subject;
  for (const code of faultCodes) {
    forCases(subject, ["faults", `${code} at any place of prepare is named, and changes nothing`], async (one) => {
      const { before, prepared: operations } = await cleanRun(subject, one);
      for (const [place, operation] of operations.entries()) {
        await using staged = await StagedTool.open(subject, one);
        const at = `${operation} (${place})`;
        assertNamed(await endOf(staged.prepare({ watch: failAt(place, code) })), at);
        expect(await staged.snapshot(), at).toEqual(before);
      }
    });

    forCases(
      subject,
      ["faults", `${code} at any place of execute is named, and leaves all or nothing`],
      async (one) => {
        const run = await cleanRun(subject, one);
        for (const [place, operation] of run.executed.entries()) {
          await using call = await prepared(subject, one);
          const at = `${operation} (${place})`;
          const end = await endOf(call.staged.execute(call.effect, { watch: failAt(place, code) }));
          assertNamed(end, at);
          assertHonest(end, await call.staged.snapshot(), { run, one, at });
        }
      },
    );
  }

  forCases(subject, ["faults", "a slow system changes nothing of the result"], async (one) => {
    const { after } = await cleanRun(subject, one);
    await using staged = await StagedTool.open(subject, one);
    await staged.execute(await staged.prepare({ watch: slow() }), { watch: slow() });
    expect(await staged.snapshot()).toEqual(after);
  });
};
