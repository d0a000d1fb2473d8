import { ToolFailure } from "@holdfast/core/tool";
import { describeTool } from "@holdfast/testkit/contract";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { toolCases } from "../../src/tool-contract/describe-tool.ts";
import { noteSubject } from "./note-world.ts";

import type { NoteChange } from "./note-world.ts";

describeTool(noteSubject());

/** A tool with one small fault, and the law whose cases find it. */
interface ToolMutant {
  readonly fault: string;
  readonly law: string;
  readonly change: NoteChange;
}

const mutants: readonly ToolMutant[] = [
  {
    fault: "takes whatever text it is given",
    law: "1 schema",
    change: () => ({
      input: z.looseObject({ name: z.any(), text: z.any() }),
    }),
  },
  {
    fault: "looks before it asks",
    law: "2 approval",
    change: (service, tool) => ({
      prepare: async (input, ctx) => {
        await service.read(input.name);
        return tool.prepare!(input, ctx);
      },
    }),
  },
  {
    fault: "says to whom it is refused that the note is there",
    law: "2 approval",
    change: (_service, tool, notes) => ({
      prepare: async (input, ctx) => {
        if (notes.has(input.name)) return tool.prepare!(input, ctx);
        throw new ToolFailure("There is no such note.");
      },
    }),
  },
  {
    fault: "writes while it prepares",
    law: "3 phases",
    change: (service, tool) => ({
      prepare: async (input, ctx) => {
        const effect = await tool.prepare!(input, ctx);
        await service.put({ key: "draft", name: "draft", text: input.text });
        return effect;
      },
    }),
  },
  {
    fault: "asks while it acts",
    law: "3 phases",
    change: (_service, tool) => ({
      execute: async (input, ctx) => {
        Reflect.get(ctx, "permission");
        return tool.execute(input, ctx);
      },
    }),
  },
  {
    fault: "works past its port",
    law: "3 phases",
    change: (_service, _tool, notes) => ({
      prepare: async ({ name, text }, ctx) => {
        await ctx.permission.assert({ action: "note", resources: [name] });
        return { name, text };
      },
      execute: ({ name, text }) => {
        notes.set(name, (notes.get(name) ?? "") + text);
        return { name, characters: text.length };
      },
    }),
  },
  {
    fault: "does not heed its signal",
    law: "4 cancellation",
    change: (_service, tool) => ({
      execute: (input, ctx) => tool.execute(input, { ...ctx, signal: new AbortController().signal }),
    }),
  },
  {
    fault: "makes a failure of an interruption",
    law: "4 cancellation",
    change: (_service, tool) => ({
      execute: async (input, ctx) =>
        Promise.resolve(tool.execute(input, ctx)).catch(() => {
          throw new ToolFailure("It did not work.");
        }),
    }),
  },
  {
    fault: "shows half of a character",
    law: "5 bounds",
    change: () => ({ present: () => "\uD83D" }),
  },
  {
    fault: "gives each attempt a key of its own",
    law: "6 replay",
    change: (_service, tool) => ({
      execute: (input, ctx) => tool.execute(input, { ...ctx, effectKey: `${ctx.effectKey}#${ctx.attempt}` }),
    }),
  },
  {
    fault: "does half, then the rest",
    law: "7 faults",
    change: (service) => ({
      execute: async ({ name, text }, ctx) => {
        await service.put({ key: `${ctx.effectKey}1`, name, text: text.slice(0, 1) });
        await service.put({ key: `${ctx.effectKey}2`, name, text: text.slice(1) });
        return { name, characters: text.length };
      },
    }),
  },
  {
    fault: "breaks down over a failing system",
    law: "7 faults",
    change: (service, tool) => ({
      execute: async (input, ctx) => {
        const found = await service.read(input.name).catch(() => undefined);
        if (found === undefined && ctx.attempt === 1) throw new TypeError("undefined is no note");
        return tool.execute(input, ctx);
      },
    }),
  },
];

describe("a tool with a fault", () => {
  it.each(mutants)("that $fault is found by law $law", async ({ law, change }) => {
    const proofs = toolCases(noteSubject(change)).filter((proof) => proof.law === law);
    expect(proofs.length).toBeGreaterThan(0);
    const failed = await Promise.all(
      proofs.map((proof) =>
        proof.run().then(
          () => false,
          () => true,
        ),
      ),
    );
    expect(failed).toContain(true);
  });
});

describe("the suite of tools", () => {
  it("has no two facts of one name", () => {
    const names = toolCases(noteSubject()).map(({ law, title }) => `${law} ${title}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("checks that a tool which is said to use no port uses none, and leaves out what a port alone can show", async () => {
    const usesNoPort = "it has none";
    const cases = toolCases({ ...noteSubject(), usesNoPort });
    const left = cases.filter(({ notRun }) => notRun !== undefined);
    expect(new Set(left.map(({ notRun }) => notRun))).toEqual(new Set([usesNoPort]));
    expect(left.every(({ law }) => law === "7 faults" || law === "8 swaps")).toBe(true);
    const claims = cases.filter(({ title }) => title.includes("passes no port"));
    expect(claims.length).toBeGreaterThan(0);
    for (const claim of claims) await expect(claim.run()).rejects.toThrow();
  });

  it("leaves out a law that the subject declares with a reason, and refuses a name that it does not know", () => {
    const cases = toolCases({ ...noteSubject(), notRun: { faults: "it has no port" } });
    const left = cases.filter(({ notRun }) => notRun !== undefined);
    expect(new Set(left.map(({ law }) => law))).toEqual(new Set(["7 faults"]));
    expect(new Set(left.map(({ notRun }) => notRun))).toEqual(new Set(["it has no port"]));
    const slip = { fault: "a slip" } as object;
    expect(() => toolCases({ ...noteSubject(), notRun: slip })).toThrow('found "fault"');
  });
});
