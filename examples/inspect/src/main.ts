// The example of the inspector's README, as a program: run in CI, where it looks whether the page is there, and ends. With --stay it goes on until it
// is told to stop, for whoever wants to look at the page: npm run inspect.
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve } from "@holdfast/http";
import { inspectorAssets } from "@holdfast/inspector";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { reasoning, scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { fsTools } from "@holdfast/tools-fs";

const directory = await realpath(await mkdtemp(join(tmpdir(), "holdfast-inspect-")));
const isStaying = process.argv.includes("--stay");
const pace = { chunks: 40, delayMs: isStaying ? 60 : 0 };
// Whatever it is asked, it asks back whether it may write a file.
const model = scriptedModel((prompt) =>
  toolResultsOfTurn(prompt).length > 0
    ? [
        text(
          "That is written down. What is in the file is in the log, too, and stays there whatever happens to this process.",
          pace,
        ),
      ]
    : [
        reasoning("A note is asked for, and a file is where notes belong. I say so before I write it."),
        text("I write it down, if I may: `note.txt` is a good place for it.", pace),
        toolCall("write", { path: "note.txt", content: "Hold fast.\n" }),
      ],
);
const holdfast = await createRuntime({
  store: await openSqliteStore({ path: join(directory, "sessions.db") }),
  model: () => ({ model }),
  plugins: [fsTools()],
  rules: [{ action: "*", resource: "*", effect: "ask" }],
});
await holdfast.sessions.create({ location: { directory }, title: "A session to look at" });

// #region readme
const server = await serve({ holdfast, assets: await inspectorAssets() });
process.stdout.write(`open ${server.url}/inspector\n`);
// #endregion readme

if (isStaying) await new Promise((resolve) => ["SIGINT", "SIGTERM"].forEach((signal) => process.once(signal, resolve)));
else {
  const page = await fetch(`${server.url}/inspector`);
  const script = await fetch(`${server.url}/inspector/page.js`);
  process.exitCode = page.ok && script.ok && (await page.text()).includes("/inspector/page.js") ? 0 : 1;
}
await server[Symbol.asyncDispose]();
await holdfast[Symbol.asyncDispose]();
await rm(directory, { recursive: true, force: true });
