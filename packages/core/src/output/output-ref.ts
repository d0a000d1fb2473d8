import { callIdSchema, sessionIdSchema } from "../ids/id.ts";

import type { OutputKey } from "../store/output.ts";

const scheme = "tool-output://";

/** The reference to an output, as the model and readers see it: `tool-output://<session>/<call>/<attempt>`. */
export const toOutputRef = (key: OutputKey): string => `${scheme}${key.sessionId}/${key.callId}/${key.attempt}`;

/** Reads a reference; null where the text is none. */
export const fromOutputRef = (text: string): OutputKey | null => {
  if (!text.startsWith(scheme)) return null;
  const [session, call, attempt, ...rest] = text.slice(scheme.length).split("/");
  const sessionId = sessionIdSchema.safeParse(session);
  const callId = callIdSchema.safeParse(call);
  if (!sessionId.success || !callId.success || rest.length > 0 || !/^[1-9]\d{0,8}$/.test(attempt ?? "")) return null;
  return { sessionId: sessionId.data, callId: callId.data, attempt: Number(attempt) };
};
