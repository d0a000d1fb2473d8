import { useState } from "preact/hooks";

import { Problem } from "../shell/problem.tsx";
import { drafts, newDraft } from "../state/draft.ts";
import { useAction } from "../state/use-action.ts";

import type { Client } from "@holdfast/sdk";
import type { TargetedKeyboardEvent } from "preact";

/** A box to prompt a session, and to interrupt it while it works. */
export const PromptBox = ({
  client,
  sessionId,
  isBusy,
}: {
  readonly client: Client;
  readonly sessionId: string;
  readonly isBusy: boolean;
}) => {
  const [draft, setDraft] = useState(() => drafts.get(sessionId));
  const sending = useAction();
  const stopping = useAction();
  const write = (text: string): void => {
    const next = newDraft(text);
    drafts.set(sessionId, next);
    setDraft(next);
  };
  const send = (): void => {
    if (draft.text.trim() === "") return;
    sending.run(async () => {
      // Under the draft's identity: sent again after a failure, it is admitted once.
      await client.sessions.prompt({ sessionId, text: draft.text, idempotencyKey: draft.idempotencyKey });
      write("");
    });
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="prompt"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Problem error={sending.error ?? stopping.error} />
      <div class="prompt-box">
        <textarea
          aria-label="Prompt"
          placeholder={isBusy ? "Steer it…" : "Ask for something…"}
          rows={Math.min(8, Math.max(2, draft.text.split("\n").length))}
          value={draft.text}
          readOnly={sending.isBusy}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <div class="prompt-actions">
          {isBusy ? (
            <button
              type="button"
              class="danger"
              disabled={stopping.isBusy}
              onClick={() => stopping.run(() => client.sessions.interrupt({ sessionId, reason: "from the inspector" }))}
            >
              Interrupt
            </button>
          ) : null}
          <button type="submit" class="primary" disabled={sending.isBusy || draft.text.trim() === ""}>
            Send
          </button>
        </div>
      </div>
    </form>
  );
};
