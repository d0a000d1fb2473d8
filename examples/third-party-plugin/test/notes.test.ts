// #region test
import { createSeededIds, openPluginStage } from "@holdfast/testkit";
import { describePlugin } from "@holdfast/testkit/contract";
import { describe, expect, it } from "vitest";

import { notes } from "../src/index.ts";

// What every host relies on: limits, order, and that nothing stays of the plugin once it is closed.
describePlugin({
  plugin: () => notes({ guarded: "secret" }),
  tools: ["write_note", "read_note"],
  sources: ["notes/names"],
  hooks: ["toolCallAuthorizing"],
});

describe("notes", () => {
  it("writes a note, which it asks for, and reads it again", async () => {
    await using stage = await openPluginStage(notes());
    const written = await stage.call("write_note", { name: "plan", text: "Rest." });
    expect(written.asserted).toEqual([{ action: "write_note", resources: ["plan"], preview: { text: "Rest." } }]);
    expect(await stage.call("read_note", { name: "plan" })).toMatchObject({ content: "Rest." });
  });

  it("tells the model which notes there are", async () => {
    await using stage = await openPluginStage(notes());
    expect(await stage.tell("notes/names")).toBeUndefined();
    await stage.call("write_note", { name: "plan", text: "Rest." });
    expect(await stage.tell("notes/names")).toMatchObject({ baseline: "There are notes: plan." });
  });

  it("says what to do where there is no such note", async () => {
    await using stage = await openPluginStage(notes());
    await expect(stage.call("read_note", { name: "none" })).rejects.toThrow("Write it first");
  });
});
// #endregion test

describe("a note", () => {
  it("has no name that leads out of its folder", async () => {
    await using stage = await openPluginStage(notes());
    await expect(stage.call("write_note", { name: "../../out", text: "" })).rejects.toThrow();
  });

  it("that is guarded is not written before a person was asked", async () => {
    await using stage = await openPluginStage(notes({ guarded: "secret" }));
    const ids = createSeededIds(1);
    const call = { sessionId: ids.next("ses"), callId: ids.next("cal"), agent: "default", tool: "write_note" };
    const effectOn = async (name: string) => {
      const input = { name, text: "" };
      return (await stage.ask("toolCallAuthorizing", { ...call, input, effect: "allow" })).effect;
    };
    expect(await effectOn("secret-plan")).toBe("ask");
    expect(await effectOn("plan")).toBe("allow");
  });
});
