import { expect } from "vitest";
import * as z from "zod";

import { it } from "../store-contract/kit-case.ts";
import { cleanRun, StagedTool } from "./staged-tool.ts";
import { forCases, titleOf } from "./tool-facts.ts";

import type { ToolSubject, ToolWorld } from "./tool-subject.ts";

/** What a provider, a model and a store see of a tool. */
export const describeSchemas = <TWorld extends ToolWorld>(subject: ToolSubject<TWorld>): void => {
  const [first] = subject.cases;
  if (first === undefined) throw new TypeError(`expected a case of ${subject.tool}, found none`);
  const toolOf = async () => {
    await using staged = await StagedTool.open(subject, first);
    return await staged.tool();
  };

  it(titleOf("schema", "its name fits every provider, and its description says something"), async () => {
    const { name, description } = await toolOf();
    expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(description.length).toBeGreaterThan(20);
  });

  it(titleOf("schema", "its input is an object that JSON Schema can say, with each property described"), async () => {
    const { input } = await toolOf();
    const schema = z.toJSONSchema(input, { io: "input" });
    expect(schema.type).toBe("object");
    for (const [name, property] of Object.entries(schema.properties ?? {}))
      expect(property, name).toMatchObject({ description: expect.stringMatching(/./) as string });
  });

  it(titleOf("schema", "its output is one that JSON Schema can say"), async () => {
    const { output } = await toolOf();
    expect(() => z.toJSONSchema(output)).not.toThrow();
  });

  it.each(subject.invalid.map((input) => ({ input, shown: JSON.stringify(input).slice(0, 120) })))(
    titleOf("schema", "refuses $shown before anything runs"),
    async ({ input }) => {
      expect((await toolOf()).input.safeParse(input).success).toBe(false);
    },
  );

  forCases(subject, ["schema", "takes its input, and gives an output that is JSON"], async (one) => {
    const { output } = await cleanRun(subject, one);
    expect(JSON.parse(JSON.stringify(output))).toEqual(output);
  });
};
