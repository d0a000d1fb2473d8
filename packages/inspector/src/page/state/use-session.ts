import { HoldfastError } from "@holdfast/core/errors";
import { useEffect, useState } from "preact/hooks";

import { pause } from "./pause.ts";
import { readSession } from "./read-session.ts";

import type { Client } from "@holdfast/sdk";
import type { SessionView } from "./session-view.ts";

/** A session as it is shown. `version` changes with each change of the view, at most once a frame. */
export interface ShownSession {
  readonly view: SessionView | undefined;
  readonly version: number;
  readonly error: unknown;
}

const againMs = 2_000;

/** Follows a session. A reading that fails is shown, and begun anew where that may help. */
export const useSession = (client: Client, sessionId: string): ShownSession => {
  const [shown, setShown] = useState<ShownSession>({ view: undefined, version: 0, error: undefined });

  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    let frame: number | undefined;
    setShown({ view: undefined, version: 0, error: undefined });
    const show = (view: SessionView): void => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined;
        // The past is shown whole, not as it is read.
        if (view.isSynced) setShown(({ version }) => ({ view, version: version + 1, error: undefined }));
      });
    };
    const follow = async (): Promise<void> => {
      for (;;) {
        try {
          return await readSession(client, { sessionId, signal }, show);
        } catch (error) {
          if (signal.aborted) return;
          setShown((before) => ({ ...before, error }));
          // A floor that overtook the reading is no end: what is read anew begins above it.
          if (HoldfastError.isInstance(error) && !error.retryable && error.code !== "cursor.gone") return;
          await pause(againMs, signal);
        }
      }
    };
    void follow();
    return () => {
      leaving.abort();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [client, sessionId]);

  return shown;
};
