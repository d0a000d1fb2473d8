/** A prompt that was not sent yet: its text, and the identity under which it is sent, however often. */
export interface Draft {
  readonly text: string;
  readonly idempotencyKey: string;
}

const keyOf = (sessionId: string): string => `holdfast.draft.${sessionId}`;

/** Drafts by session, for as long as this tab lives: a reload loses none, and sends none twice. */
export const drafts = {
  get: (sessionId: string): Draft => {
    const stored = sessionStorage.getItem(keyOf(sessionId));
    if (stored === null) return newDraft("");
    const [idempotencyKey = "", ...text] = stored.split("\n");
    return { idempotencyKey, text: text.join("\n") };
  },
  set: (sessionId: string, { idempotencyKey, text }: Draft): void => {
    if (text === "") sessionStorage.removeItem(keyOf(sessionId));
    else sessionStorage.setItem(keyOf(sessionId), `${idempotencyKey}\n${text}`);
  },
};

/** Another text is another input: it gets an identity of its own. */
export const newDraft = (text: string): Draft => ({ text, idempotencyKey: `inspector-${randomHex()}` });

// Not randomUUID, which is there on secure origins alone.
const randomHex = (): string =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
