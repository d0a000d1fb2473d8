import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import * as z from "zod";

import { act, actOnce, timesOf } from "./effect-log.ts";

import type { FaultPoints, Holdfast } from "@holdfast/core";
import type { ReplayPolicy, Tool } from "@holdfast/core/tool";
import type { RecoveryPolicy } from "@holdfast/runner";
import type { SqliteStore } from "@holdfast/store-sqlite";

/** Where a session of this torture is, and what its one tool is like. */
export interface Scene {
  readonly directory: string;
  readonly store: string;
  readonly policy: ReplayPolicy;
  /** Whether a probe can tell nothing, so that a person has to. */
  readonly isBlind: boolean;
}

/** The one session of a scene. */
export const sessionId = "ses_effects";

/** A runtime over a scene: its model calls the one tool once, and answers. */
export const openScene = async (
  { directory, store: path, policy, isBlind }: Scene,
  { recovery, faults }: { readonly recovery: RecoveryPolicy; readonly faults?: FaultPoints | undefined },
): Promise<{ readonly holdfast: Holdfast; readonly store: SqliteStore }> => {
  const store = await openSqliteStore({ path });
  const model = scriptedModel((prompt) =>
    toolResultsOfTurn(prompt).length > 0 ? [text("Done.")] : [text("I act. "), toolCall("act", {})],
  );
  const tool = toolOf({ policy, isBlind, faults });
  const holdfast = await createRuntime({
    store,
    model: () => ({ model }),
    plugins: [definePlugin({ name: "effects", setup: ({ tools }) => void tools.register(tool) })],
    rules: [{ action: "*", resource: "*", effect: "allow" }],
    recovery,
    faults,
    claims: { discoverMs: 100 },
  });
  // Opened before the victim is killed, so that it is there to take over.
  if ((await holdfast.sessions.get({ sessionId })) === null)
    await holdfast.sessions.create({ id: sessionId, location: { directory } });
  return { holdfast, store };
};

const toolOf = ({
  policy,
  isBlind,
  faults,
}: Pick<Scene, "policy" | "isBlind"> & { readonly faults: FaultPoints | undefined }): Tool =>
  defineTool({
    name: "act",
    description: "Has an effect.",
    input: z.object({}),
    output: z.string(),
    replay: policy,
    // With a first phase, so that the call is durable before its beginning is.
    prepare: () => ({ kind: "line" }),
    execute: async (_input, { effectKey, location }) => {
      faults?.reach("effect:before");
      await (policy === "keyed" ? actOnce : act)(location.directory, effectKey);
      faults?.reach("effect:after");
      return "acted";
    },
    ...(policy === "probe"
      ? {
          probe: async (_effect, { effectKey, location }) => {
            if (isBlind) return { outcome: "unknown" as const, detail: "It is dark." };
            const isDone = (await timesOf(location.directory, effectKey)) > 0;
            return isDone ? { outcome: "happened" as const, output: "acted" } : { outcome: "not" as const };
          },
        }
      : {}),
  });
