import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { patchText } from "../src/patch/patch-text.ts";
import { parsePatch } from "../src/patch/parse-patch.ts";

/** One stretch of a file: lines that stay, or lines that go and lines that come. */
type Stretch =
  | { readonly kept: readonly string[] }
  | { readonly removed: readonly string[]; readonly added: readonly string[] };

const line = fc.oneof(
  fc.constantFrom("", "a", "b", " a", "a ", "\ta", "+", "-", "@@", "*** End Patch", "“q”", "}"),
  fc
    .string({ maxLength: 6 })
    .map((text) => text.replaceAll(/[\r\n]/g, ""))
    .filter((text) => text.isWellFormed() && !text.includes("\0")),
);
const lines = (minLength: number) => fc.array(line, { minLength, maxLength: 3 });
const stretches = fc.array(
  fc.oneof(
    lines(1).map((kept): Stretch => ({ kept })),
    fc.record({ removed: lines(0), added: lines(0) }).filter(({ removed, added }) => removed.length + added.length > 0),
  ),
  { minLength: 1, maxLength: 7 },
);

const fileBefore = (all: readonly Stretch[]) => all.flatMap((one) => ("kept" in one ? one.kept : one.removed));
const fileAfter = (all: readonly Stretch[]) => all.flatMap((one) => ("kept" in one ? one.kept : one.added));

/** The whole change as one hunk with all of the file around it: it fits in one place only. */
const hunkLines = (all: readonly Stretch[]): readonly string[] =>
  all.flatMap((one) =>
    "kept" in one
      ? one.kept.map((text) => ` ${text}`)
      : [...one.removed.map((text) => `-${text}`), ...one.added.map((text) => `+${text}`)],
  );

const toText = (some: readonly string[]) => some.map((text) => `${text}\n`).join("");

const apply = (text: string, patch: string): string | undefined => {
  const parsed = parsePatch(patch);
  if (!parsed.ok || parsed.changes.length !== 1) return undefined;
  const [change] = parsed.changes;
  if (change?.kind !== "update" || change.moveTo !== undefined || change.path !== "f") return undefined;
  try {
    return patchText("f", Buffer.from(text), change.hunks).toString("utf8");
  } catch (error) {
    if (error instanceof Error && error.name === "ToolFailure") return undefined;
    throw error;
  }
};

const patchOf = (body: readonly string[]) =>
  ["*** Begin Patch", "*** Update File: f", "@@", ...body, "*** End Patch"].join("\n");

const isChange = (all: readonly Stretch[]) => all.some((one) => !("kept" in one));

describe("a patch of a random file", () => {
  it("gives what the change says, whatever the lines hold", () => {
    fc.assert(
      fc.property(stretches.filter(isChange), (all) => {
        const before = fileBefore(all);
        fc.pre(before.length > 0);
        const patched = apply(toText(before), patchOf([...hunkLines(all), "*** End of File"]));
        expect(patched).toBe(toText(fileAfter(all)));
      }),
      { numRuns: 5_000 },
    );
  });

  it("gives the same by several changes, each with what stands around it, or is refused as a whole", () => {
    let compared = 0;
    fc.assert(
      fc.property(stretches.filter(isChange), (all) => {
        const before = fileBefore(all);
        fc.pre(before.length > 0);
        const bodies: string[] = [];
        for (const [index, one] of all.entries()) {
          if ("kept" in one) continue;
          const above = all[index - 1];
          if (bodies.length > 0) bodies.push("@@");
          bodies.push(...hunkLines([...(above !== undefined && "kept" in above ? [above] : []), one]));
        }
        const patched = apply(toText(before), patchOf(bodies));
        // A change without a line that tells its place is one at the end, and may be another one than was meant.
        const tellsPlace = all.every(
          (one, index) => "kept" in one || one.removed.length > 0 || "kept" in (all[index - 1] ?? {}),
        );
        if (patched === undefined || !tellsPlace || !isUnique(before)) return;
        expect(patched).toBe(toText(fileAfter(all)));
        compared += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(compared).toBeGreaterThan(300);
  });

  it("that was damaged in one line gives the change of its own lines exactly, or nothing", () => {
    let compared = 0;
    fc.assert(
      fc.property(stretches.filter(isChange), fc.nat(), line, (all, at, damage) => {
        const before = fileBefore(all);
        // A mark makes two changes of it, or another section: those mean something else, rightly.
        fc.pre(before.length > 0 && !/^(@@|\*\*\*)/.test(damage));
        const body = [...hunkLines(all)];
        body[at % body.length] = damage;
        const patched = apply(toText(before), patchOf([...body, "*** End of File"]));
        if (patched === undefined) return;
        expect(patched).toBe(referenceOf(before, body));
        compared += 1;
      }),
      { numRuns: 5_000 },
    );
    expect(compared).toBeGreaterThan(80);
  });
});

/** Whether no line is like another one, by the loosest comparison. */
const isUnique = (all: readonly string[]) => new Set(all.map((text) => text.trim())).size === all.length;

/** What a body means for a file that it covers to its end, spelled out: kept lines are the file's own. */
const referenceOf = (before: readonly string[], body: readonly string[]): string => {
  const wanted = body.filter((text) => !text.startsWith("+")).length;
  let index = before.length - wanted;
  const after = before.slice(0, index);
  for (const text of body) {
    if (text.startsWith("+")) after.push(text.slice(1));
    else {
      const own = before[index++] ?? "";
      if (!text.startsWith("-")) after.push(own);
    }
  }
  return toText(after);
};
