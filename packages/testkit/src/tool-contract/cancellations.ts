import { expect } from "vitest";

import { it } from "../store-contract/kit-case.ts";
import { cleanRun, endOf, StagedTool } from "./staged-tool.ts";
import { forCases, isSame, placesOf, prepared, titleOf } from "./tool-facts.ts";
import { WatchedCalls } from "./watched-calls.ts";

import type { Ended } from "./staged-tool.ts";
import type { ToolSubject, ToolWorld } from "./tool-subject.ts";

const reason = new Error("the suite interrupts this call");
const promptMs = 8_000;

/** A signal that aborts at a place of what is watched. */
const abortAt = (index: number, moment: "before" | "after") => {
  const controller = new AbortController();
  const at = (now: number): void => {
    if (now === index) controller.abort(reason);
  };
  return { signal: controller.signal, watch: new WatchedCalls(moment === "before" ? { before: at } : { after: at }) };
};

const assertReason = (end: Ended, at: string): void => {
  if (end.type === "failed") expect(end.error, at).toBe(reason);
};

/** An interruption is passed on as it is, and leaves no half of anything. */
export const describeCancellations = <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>): void => {
  forCases(subject, ["cancellation", "that was interrupted before it began does nothing"], async (one) => {
    await using call = await prepared(subject, one);
    const before = await call.staged.snapshot();
    const [signal, watch] = [AbortSignal.abort(reason), new WatchedCalls()];
    expect(await endOf(call.staged.prepare({ signal, watch }))).toEqual({ type: "failed", error: reason });
    expect(watch.operations).toEqual([]);
    expect(await endOf(call.staged.execute(call.effect, { signal }))).toEqual({ type: "failed", error: reason });
    expect(await call.staged.snapshot()).toEqual(before);
  });

  forCases(
    subject,
    ["cancellation", "interrupted anywhere in prepare fails with the signal's reason, if it fails"],
    async (one) => {
      const { before, prepared: operations } = await cleanRun(subject, one);
      for (const { index, moment, at } of placesOf(operations)) {
        await using staged = await StagedTool.open(subject, one);
        assertReason(await endOf(staged.prepare(abortAt(index, moment))), at);
        expect(await staged.snapshot(), at).toEqual(before);
      }
    },
  );

  forCases(subject, ["cancellation", "interrupted anywhere in execute has done nothing or all of it"], async (one) => {
    const { before, after, executed } = await cleanRun(subject, one);
    for (const { index, moment, at } of placesOf(executed)) {
      await using call = await prepared(subject, one);
      const end = await endOf(call.staged.execute(call.effect, abortAt(index, moment)));
      assertReason(end, at);
      if (index === 0 && moment === "before") expect(end.type, "a signal that is heeded").toBe("failed");
      const now = await call.staged.snapshot();
      expect(now, at).toEqual(end.type === "failed" && isSame(now, before) ? before : after);
    }
  });

  for (const one of subject.cases.filter(({ isLong }) => isLong === true)) {
    it(
      titleOf("cancellation", `${one.name}: ends soon when it is interrupted at work`),
      async () => {
        await using call = await prepared(subject, one);
        const startedAt = performance.now();
        const end = await endOf(call.staged.execute(call.effect, { signal: abortSoon() }));
        expect(end).toEqual({ type: "failed", error: reason });
        expect(performance.now() - startedAt).toBeLessThan(promptMs);
      },
      60_000,
    );
  }
};

const abortSoon = (): AbortSignal => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 300).unref();
  return controller.signal;
};
