// A process of the browser tests: a runtime over a store that others may have used, behind a server that hands out the page.
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";

import { serve } from "@holdfast/http";
import { inspectorAssets } from "@holdfast/inspector";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";

import { argumentOf, tell } from "../../../../torture/src/child-process.ts";
import { shopTools } from "./shop-tools.ts";
import { shopRules } from "./stage.ts";

/** Where the store is, and whether calls of tools are held open for ever. */
export interface HostArgument {
  readonly root: string;
  readonly isHolding: boolean;
  /** Default: one that is free. */
  readonly port?: number;
}

const { root, isHolding, port } = argumentOf() as HostArgument;
const model = scriptedModel((prompt) =>
  toolResultsOfTurn(prompt).length > 0
    ? [
        text(
          "Bergen is measured. Whether the deploy went through before the crash nobody knows: look there before it is tried again.",
        ),
      ]
    : [
        text("I deploy to Bergen, and measure it while that goes on."),
        toolCall("deploy", { shop: "Bergen" }),
        toolCall("measure", { shop: "Bergen" }),
      ],
);
const holdfast = await createRuntime({
  store: await openSqliteStore({ path: join(root, "sessions.db") }),
  model: () => ({ model }),
  plugins: [
    shopTools(async (begun) => {
      tell({ begun });
      if (isHolding) await sleep(600_000);
    }),
  ],
  rules: shopRules,
});
const server = await serve({ holdfast, port, assets: await inspectorAssets() });
tell({ url: server.url });
