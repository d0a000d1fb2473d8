import { expect, it } from "vitest";

import { setStage } from "../stage.ts";
import { sourceOf, telling } from "../told-context.ts";
import { anthropicWire } from "./anthropic-wire.ts";
import { ended, said } from "./beat.ts";
import { openaiCompatibleWire } from "./openai-compatible-wire.ts";
import { openaiResponsesWire } from "./openai-responses-wire.ts";
import { says, startProvider } from "./provider-server.ts";

import type { Said } from "../told-context.ts";

it.each([openaiCompatibleWire, openaiResponsesWire, anthropicWire])(
  "$name is told a baseline before all messages, and what changes in the user's role",
  async (wire) => {
    let value: Said = "1";
    await using server = await startProvider(wire, [says(said("Do", "ne."), ended())]);
    await using stage = await setStage({
      model: wire.model(server.baseURL),
      plugins: [
        telling(
          "teller",
          sourceOf("t/a", () => value),
        ),
      ],
    });
    await stage.turn("One");
    value = "2";
    expect(await stage.turn("Two")).toMatchObject({ status: "completed" });
    const [first, second] = server.asked.map(({ body }) => JSON.stringify(body));
    for (const body of [first, second]) expect(body?.match(/t\/a is 1\./g)).toHaveLength(1);
    expect(first).not.toContain("<system-update>");
    const told = JSON.stringify("<system-update>\nt/a is 2 now.\n</system-update>");
    expect(second?.split(told)).toHaveLength(2);
    // One system message, and no beta of a provider: the update stands after what the user said.
    expect(second?.match(/"role":"(?:system|developer)"/g) ?? []).toHaveLength(wire === anthropicWire ? 0 : 1);
    expect(second?.indexOf(told)).toBeGreaterThan(second?.indexOf('"Two"') ?? Infinity);
  },
);
