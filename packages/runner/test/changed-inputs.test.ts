import { createMemoryStore, lastUserText, text } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { dataOf, openRuntime, setStage, shared } from "./stage.ts";

it("inputs that are replaced and withdrawn while they are being promoted are each shown once, as they were last, or not at all", async () => {
  const shownTexts: string[] = [];
  const store = createMemoryStore();
  await using stage = await setStage({
    store: shared(store),
    model: (prompt) => {
      shownTexts.push(lastUserText(prompt) ?? "");
      return [text("Ok.")];
    },
  });
  await using other = await openRuntime(shared(store));
  const { holdfast, sessionId } = stage;
  const change = async (index: number): Promise<void> => {
    const messageId = `msg_${index}`;
    await holdfast.sessions.prompt({ sessionId, id: messageId, text: `${index} as sent`, delivery: "queue" });
    for (let turn = 0; turn < index % 4; turn++) await new Promise((resolve) => setImmediate(resolve));
    const inputs = await other.sessions.inputs({ sessionId });
    const version = inputs.find((input) => input.messageId === messageId)?.version;
    if (version === undefined) return;
    const seen = { sessionId, messageId, version };
    const changed =
      index % 3 === 0
        ? other.sessions.withdrawInput(seen)
        : other.sessions.replaceInput({ ...seen, text: `${index} as replaced` });
    // Too late is an answer, too: the log says which.
    await changed.catch((error: unknown) =>
      expect(error).toMatchObject({ code: expect.stringMatching(/^input\.(not-pending|version-conflict)$/) as string }),
    );
  };
  await Promise.all(Array.from({ length: 40 }, (_, index) => change(index)));
  await holdfast.sessions.wait({ sessionId });
  const log = await stage.log();
  const last = new Map<string, string>();
  for (const event of log) {
    if (event.type === "input.admitted" || event.type === "input.replaced")
      last.set(event.data.messageId, event.data.text as string);
  }
  const promoted = dataOf(log, "input.promoted").map(({ messageId }) => last.get(messageId));
  expect(shownTexts).toEqual(promoted);
  const withdrawn = dataOf(log, "input.withdrawn").map(({ messageId }) => messageId);
  expect(promoted.length + withdrawn.length).toBe(40);
  expect(withdrawn).not.toEqual([]);
  expect(dataOf(log, "input.replaced")).not.toEqual([]);
  await expectSound(store, sessionId);
});
