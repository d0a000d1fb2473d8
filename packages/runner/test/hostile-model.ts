import { scriptedModel, text } from "@holdfast/testkit";
import { expect } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { dataOf } from "./stage.ts";

import type { LanguageModelV4, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { Stage } from "./stage.ts";

const wellAgain = "Here I am again.";

/** A part as a provider may send it, whatever the specification says. */
export type AnyPart = { readonly type: string; readonly [member: string]: unknown } | null;

/** What a provider counts where nothing else is said. */
export const usage = { inputTokens: { total: 7 }, outputTokens: { total: 3 } };

/** The end of a complete answer. */
export const finished: AnyPart = { type: "finish", finishReason: { unified: "stop", raw: "stop" }, usage };

/** Parts that are there at once, and then the end. */
export const streamOf = (parts: readonly AnyPart[]): ReadableStream<LanguageModelV4StreamPart> =>
  new ReadableStream({
    start: (controller) => {
      for (const part of parts) controller.enqueue(part as unknown as LanguageModelV4StreamPart);
      controller.close();
    },
  });

/** A stream that makes its parts as it is asked for them. */
export const streamFrom = (
  source: (
    controller: ReadableStreamDefaultController<LanguageModelV4StreamPart>,
    index: number,
  ) => AnyPart | Promise<AnyPart>,
  cancel: (reason: unknown) => void | Promise<void> = () => {},
): ReadableStream<LanguageModelV4StreamPart> => {
  let index = 0;
  return new ReadableStream(
    {
      pull: async (controller) => {
        const part = await source(controller, index++);
        if (part !== null) controller.enqueue(part as unknown as LanguageModelV4StreamPart);
      },
      cancel,
    },
    { highWaterMark: 0 },
  );
};

/** A provider of the test's own for the first requests; afterwards it answers as it should. */
export const hostile = (...firsts: readonly LanguageModelV4["doStream"][]) => {
  const model = scriptedModel(() => [text(wellAgain)]);
  let calls = 0;
  const hostileModel: LanguageModelV4 = {
    ...model,
    doStream: (options) => firsts[calls++]?.(options) ?? model.doStream(options),
  };
  return hostileModel;
};

/** One that sends these parts first. */
export const sending = (...parts: readonly AnyPart[]): LanguageModelV4 =>
  hostile(async () => ({ stream: streamOf(parts) }));

/** Whatever happened, the session takes the next prompt, and its log is as every log is. */
export const expectGoesOn = async (stage: Stage): Promise<void> => {
  expect(await stage.turn("Again")).toMatchObject({ status: "completed" });
  expect(dataOf(await stage.log(), "text.ended").at(-1)?.text).toBe(wellAgain);
  await expectSound(stage.store, stage.sessionId);
};

/** Nothing is shown to a reader who comes now. */
export const expectNothingOpen = async ({ holdfast, sessionId }: Stage): Promise<void> => {
  const shown: unknown[] = [];
  for await (const item of holdfast.sessions.events({ sessionId, live: true, until: "idle" }))
    if (item.kind === "live") shown.push(item.live);
  expect(shown).toEqual([]);
};
