import { expect } from "vitest";

import { it, itIsNotRun } from "../store-contract/kit-case.ts";
import { cleanRun, endOf, StagedTool } from "./staged-tool.ts";
import { forCases, isSame, placesOf, prepared, titleOf, withoutLeftovers } from "./tool-facts.ts";
import { killAt, WatchedCalls } from "./watched-calls.ts";

import type { ReplayPolicy, Tool } from "@holdfast/core/tool";
import type { ToolSubject, ToolWorld, WorldSnapshot } from "./tool-subject.ts";

type Describe = <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>) => void;

/** What a tool says of its replay holds. */
export const describeReplays = <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>, policy: ReplayPolicy): void => {
  it(titleOf("replay", `its policy is ${policy}`), async () => {
    const [first] = subject.cases;
    if (first === undefined) throw new TypeError(`expected a case of ${subject.tool}, found none`);
    await using staged = await StagedTool.open(subject, first);
    const tool: Tool = await staged.tool();
    expect(tool.replay ?? "never").toBe(policy);
  });
  byPolicy[policy](subject);
};

const describeNever: Describe = (subject) =>
  itIsNotRun(titleOf("replay", `${subject.tool} is not run again`), "the policy never promises nothing");

const describeSafe: Describe = (subject) =>
  forCases(
    subject,
    ["replay", "safe: run twice, and after a kill anywhere, gives the same and changes nothing"],
    async (one) => {
      const { executed } = await cleanRun(subject, one);
      await using call = await prepared(subject, one);
      const { staged, effect } = call;
      const before = await staged.snapshot();
      const output = await staged.execute(effect);
      expect(await staged.execute(effect, { attempt: 2 })).toEqual(output);
      for (const { index, moment, at } of placesOf(executed)) {
        await endOf(staged.execute(effect, { watch: new WatchedCalls(killAt(index, moment)) }));
        expect(await staged.snapshot(), at).toEqual(before);
        expect(await staged.execute(effect, { attempt: 2 }), at).toEqual(output);
      }
      expect(await staged.snapshot()).toEqual(before);
    },
  );

const describeKeyed: Describe = (subject) =>
  forCases(subject, ["replay", "keyed: run again after a kill anywhere, has one effect"], async (one) => {
    const { after, executed, output } = await cleanRun(subject, one);
    for (const { index, moment, at } of placesOf(executed)) {
      await using call = await prepared(subject, one);
      await endOf(call.staged.execute(call.effect, { watch: new WatchedCalls(killAt(index, moment)) }));
      for (const attempt of [2, 3]) expect(await call.staged.execute(call.effect, { attempt }), at).toEqual(output);
      expect(await call.staged.snapshot(), at).toEqual(after);
    }
  });

const describeProbe: Describe = (subject) => {
  forCases(subject, ["replay", "probe: tells before from after, and changes nothing"], async (one) => {
    await using call = await prepared(subject, one);
    const { staged, effect } = call;
    const before = await staged.snapshot();
    expect(await staged.probe(effect)).toMatchObject({ outcome: "not" });
    expect(await staged.snapshot()).toEqual(before);
    await staged.execute(effect);
    const after = await staged.snapshot();
    const found = await staged.probe(effect);
    expect(found.outcome).toBe("happened");
    if (found.outcome === "happened") expect((await staged.tool()).output.safeParse(found.output).success).toBe(true);
    expect(await staged.snapshot()).toEqual(after);
  });

  forCases(
    subject,
    ["replay", "probe: after a kill anywhere tells what is there, and the rest is done once"],
    async (one) => {
      const { before, after, executed } = await cleanRun(subject, one);
      for (const { index, moment, at } of placesOf(executed)) {
        await using call = await prepared(subject, one);
        const { staged, effect } = call;
        await endOf(staged.execute(effect, { watch: new WatchedCalls(killAt(index, moment)) }));
        const now = await staged.snapshot();
        const isLike = (other: WorldSnapshot) =>
          isSame(withoutLeftovers(subject, now), withoutLeftovers(subject, other));
        const { outcome } = await staged.probe(effect);
        expect(outcome, at).toBe(isLike(after) ? "happened" : isLike(before) ? "not" : "partial");
        if (outcome === "happened") continue;
        await staged.execute(effect, { attempt: 2 });
        expect(await staged.snapshot(), at).toEqual(after);
        expect(await staged.probe(effect, 2), at).toMatchObject({ outcome: "happened" });
      }
    },
  );
};

const byPolicy = {
  never: describeNever,
  safe: describeSafe,
  keyed: describeKeyed,
  probe: describeProbe,
} satisfies Record<ReplayPolicy, Describe>;
