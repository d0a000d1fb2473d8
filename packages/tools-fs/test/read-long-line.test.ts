import { boundText } from "@holdfast/core/tool";
import { assert, constantFrom, integer, property, string, tuple } from "fast-check";
import { describe, expect, it } from "vitest";

import { LineWindow } from "../src/text/line-window.ts";
import { failureOf, Stage } from "./harness.ts";

interface LinePage {
  readonly text: string;
  readonly lineOffset: number;
  readonly nextLineOffset?: number;
  readonly next?: number;
}

const line = (stage: Stage, offset: number, lineOffset: number) =>
  stage.run<LinePage>("read", { path: "a.txt", offset, lineOffset });

/** A line from a place on, page by page as each names the next. */
const restOf = async (stage: Stage, offset: number, lineOffset = 0) => {
  let [text, at, pages]: [string, number | undefined, number] = ["", lineOffset, 0];
  let next: number | undefined;
  while (at !== undefined) {
    const page = await line(stage, offset, at);
    expect(boundText(await stage.show("read", { path: "a.txt", offset, lineOffset: at }), "x").whole).toBe(true);
    text += page.text;
    [at, next, pages] = [page.nextLineOffset, page.next, pages + 1];
  }
  return { text, next, pages };
};

describe("read of a long line", () => {
  it("reaches every byte of a line of 5 MB, from where its cut says on", async () => {
    using stage = new Stage();
    const wide = "0123456789".repeat(500_000);
    stage.write("a.txt", `before\n${wide}\nafter\n`);
    const shown = await stage.show("read", { path: "a.txt" });
    const [, offset = "", lineOffset = ""] = /cut here; offset (\d+) with lineOffset (\d+)/.exec(shown) ?? [];
    const { text, next, pages } = await restOf(stage, Number(offset), Number(lineOffset));
    expect(wide.slice(0, 2_000) + text === wide).toBe(true);
    expect(next).toBe(3);
    expect(pages).toBe(99);
  });

  it("names what comes next: the rest of the line, the next line, or nothing", async () => {
    using stage = new Stage();
    stage.write("a.txt", `${"x".repeat(60_000)}\r\nlast\r\n`);
    const show = (offset: number, lineOffset: number) => stage.show("read", { path: "a.txt", offset, lineOffset });
    expect(await show(1, 0)).toMatch(/x\n\n\(Line 1 from byte 0; go on with offset 1 and lineOffset 50688\.\)$/);
    expect(await show(1, 59_999)).toBe("x\n\n(Line 1 from byte 59999, its end; go on with offset 2.)");
    expect(await show(2, 1)).toBe("ast\n\n(Line 2 from byte 1, its end, and the end of the file.)");
  });

  it("refuses what is beyond the line or the file, and says how far they go", async () => {
    using stage = new Stage();
    stage.write("a.txt", "one\ntwo");
    expect(await failureOf(line(stage, 2, 3))).toContain("below 3");
    expect(await failureOf(line(stage, 3, 0))).toContain("at most 2");
    expect((await line(stage, 2, 2)).text).toBe("o");
  });

  it("counts in UTF-8 in a file of UTF-16, too", async () => {
    using stage = new Stage();
    stage.write("a.txt", Buffer.from(`\uFEFF${"€".repeat(40_000)}\n`, "utf16le"));
    expect((await restOf(stage, 1)).text).toBe("€".repeat(40_000));
  });
});

describe("LineWindow", () => {
  it("gives whole characters that join to the line, whatever the pieces and the size of a part", () => {
    const anyLine = string({ unit: constantFrom("a", "é", "€", "😀", "\r", " "), maxLength: 30 });
    assert(
      property(
        anyLine,
        anyLine,
        tuple(integer({ min: 4, max: 12 }), integer({ min: 1, max: 7 })),
        (first, second, [bytes, step]) => {
          const content = `${first}\n${second}\nlast`;
          const characters = Array.from(content);
          const wanted = second.endsWith("\r") ? second.slice(0, -1) : second;
          let [text, lineOffset] = ["", 0];
          for (;;) {
            const window = new LineWindow({ offset: 2, lineOffset, bytes });
            for (let at = 0; at < characters.length && !window.isDone; at += step)
              window.push(characters.slice(at, at + step).join(""));
            const part = window.toPart();
            expect(Buffer.byteLength(part.text)).toBeLessThanOrEqual(bytes);
            text += part.text;
            if (!part.isCut) {
              expect([text, part.isFollowed]).toEqual([wanted, true]);
              return;
            }
            expect(part.end).toBeGreaterThan(lineOffset);
            lineOffset = part.end;
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
