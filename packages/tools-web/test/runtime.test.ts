import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text, toolCall } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { webTools } from "../src/index.ts";
import { WebWorld } from "./web-world.ts";

import type { Rule } from "@holdfast/core";

const run = async (world: WebWorld, path: string, rules: readonly Rule[]) => {
  const url = `http://site.example:${world.port}${path}`;
  await using holdfast = await createRuntime({
    store: await openSqliteStore({ path: `${world.directory}/sessions.db` }),
    model: () => ({ model: scriptedModel([[toolCall("webfetch", { url })], [text("Done.")]]) }),
    plugins: [
      webTools({ resolver: { resolve: async () => ["127.0.0.1"] }, privateHosts: [`site.example:${world.port}`] }),
    ],
    rules,
    asks: { policy: "deny" },
  });
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: world.directory } });
  const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
  await holdfast.sessions.wait({ sessionId, after: cursor, timeoutMs: 20_000 });
  for await (const item of holdfast.sessions.events({ sessionId, until: "sync" }))
    if (item.kind === "event" && item.event.type === "tool.settled") {
      const { outcome } = item.event.data;
      const kept =
        outcome.output === undefined ? undefined : await holdfast.outputs.read({ sessionId, ref: outcome.output });
      return { outcome, kept };
    }
  throw new Error("no call was settled");
};

const allow = (action: string): Rule => ({ action, resource: "*", effect: "allow" });

it("a page that is too long to be shown is kept whole, and stays marked as untrusted where it is cut", async () => {
  await using world = await WebWorld.open();
  world.routes["/long"] = "<p>A line of the page.</p>".repeat(20_000);
  const { outcome, kept } = await run(world, "/long", [allow("webfetch"), allow("private_host")]);
  expect(outcome).toMatchObject({ status: "completed" });
  expect(outcome.content).toMatch(
    /^<untrusted-content source="[^"]+">\nA line[^]*tool-output:\/\/[^]*<\/untrusted-content>\n\(The text/,
  );
  expect(outcome.content.length).toBeLessThan(52_000);
  expect(kept?.size).toBeGreaterThan(20_000 * "A line of the page.".length);
});

it("a rule that allows every webfetch does not open a private host", async () => {
  await using world = await WebWorld.open();
  world.routes["/"] = "<p>secret";
  const { outcome } = await run(world, "/", [allow("webfetch")]);
  expect(outcome.status).not.toBe("completed");
  expect(outcome.content).not.toContain("secret");
});
