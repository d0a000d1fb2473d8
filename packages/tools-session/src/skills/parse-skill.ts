import { parse } from "yaml";
import * as z from "zod";

import { skillLimits } from "./skill-limits.ts";

/** What a skill's file says of itself, and its instructions. */
export type ParsedSkill =
  | { readonly ok: true; readonly name: string | undefined; readonly description: string; readonly body: string }
  | { readonly ok: false; readonly reason: string };

const frontMatter = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

const headSchema = z.looseObject({
  name: z.string().optional(),
  description: z.string().trim().min(1).max(1_024),
});

/** Reads a skill's file: YAML between two lines of `---`, then the instructions. */
export const parseSkill = (text: string): ParsedSkill => {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const found = frontMatter.exec(source);
  if (found === null) return refused("it does not begin with its description between two lines of ---");
  const yaml = found[1] ?? "";
  if (Buffer.byteLength(yaml) > skillLimits.headBytes)
    return refused(`its head has more than ${skillLimits.headBytes} bytes`);
  const values = readYaml(yaml);
  if (!values.ok) return refused(`its head is no YAML: ${values.reason}`);
  const head = headSchema.safeParse(values.value);
  if (!head.success) return refused(`its head has no description of 1 to 1,024 characters`);
  return { ok: true, name: head.data.name, description: head.data.description, body: source.slice(found[0].length) };
};

type Yaml = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

const readYaml = (text: string): Yaml => {
  try {
    // Aliases are counted, so that a few lines cannot become gigabytes.
    return {
      ok: true,
      value: parse(text, { schema: "core", uniqueKeys: true, maxAliasCount: 10, logLevel: "silent" }),
    };
  } catch (error) {
    return { ok: false, reason: (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "" };
  }
};

const refused = (reason: string): ParsedSkill => ({ ok: false, reason });
