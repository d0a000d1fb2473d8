import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { pause } from "./pause.ts";
import { SessionPoll } from "./poll-sessions.ts";

import type { Client } from "@holdfast/sdk";
import type { ListedSession } from "./poll-sessions.ts";

/** The list of sessions as it was seen last, and what went wrong since. */
export interface Sessions {
  /** Undefined before the first look. */
  readonly listed: readonly ListedSession[] | undefined;
  readonly error: unknown;
  readonly hasOlder: boolean;
  readonly readOlder: () => void;
}

/** Follows the list of sessions. What goes wrong is shown, and tried again. */
export const useSessions = (client: Client, sessionId: string | undefined): Sessions => {
  const current = useRef(sessionId);
  current.current = sessionId;
  const poll = useMemo(() => new SessionPoll(client), [client]);
  const [seen, setSeen] = useState<Pick<Sessions, "listed" | "error">>({ listed: undefined, error: undefined });

  useEffect(() => {
    const leaving = new AbortController();
    setSeen({ listed: undefined, error: undefined });
    const follow = async (): Promise<void> => {
      while (!leaving.signal.aborted) {
        try {
          await poll.look(current.current, leaving.signal);
          setSeen({ listed: poll.listed, error: undefined });
        } catch (error) {
          if (!leaving.signal.aborted) setSeen(({ listed }) => ({ listed, error }));
        }
        await pause(poll.pauseMs, leaving.signal);
      }
    };
    void follow();
    return () => leaving.abort();
  }, [poll]);

  return {
    ...seen,
    hasOlder: poll.hasOlder,
    readOlder: () => {
      poll.readOlder(new AbortController().signal).then(
        () => setSeen({ listed: poll.listed, error: undefined }),
        (error: unknown) => setSeen(({ listed }) => ({ listed, error })),
      );
    },
  };
};
