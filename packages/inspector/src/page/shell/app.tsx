import { HoldfastError } from "@holdfast/core/errors";
import { createClient } from "@holdfast/sdk";
import { useEffect, useMemo, useState } from "preact/hooks";

import { SessionPane } from "../session/session-pane.tsx";
import { readAddress } from "../state/page-address.ts";
import { storedToken } from "../state/stored-token.ts";
import { useSessions } from "../state/use-sessions.ts";
import { SessionList } from "./session-list.tsx";
import { TokenForm } from "./token-form.tsx";

import type { Client } from "@holdfast/sdk";

/** The whole page: a client of the server that it came from, and what that shows. */
export const App = () => {
  const [token, setToken] = useState(storedToken.get);
  const client = useMemo(
    () => createClient({ baseUrl: location.origin, ...(token === undefined ? {} : { token }) }),
    [token],
  );
  const enter = (entered: string): void => {
    storedToken.set(entered);
    setToken(entered);
  };
  return <Workbench client={client} isRefused={token !== undefined} onToken={enter} />;
};

interface WorkbenchProps {
  readonly client: Client;
  /** Whether a token was sent, so that a refusal means that it is wrong. */
  readonly isRefused: boolean;
  readonly onToken: (token: string) => void;
}

const Workbench = ({ client, isRefused, onToken }: WorkbenchProps) => {
  const sessionId = useSessionId();
  const sessions = useSessions(client, sessionId);
  if (HoldfastError.isInstance(sessions.error, "http.unauthorized"))
    return <TokenForm isRefused={isRefused} onToken={onToken} />;
  const current = sessions.listed?.find(({ session }) => session.id === sessionId);
  return (
    <div class={sessionId === undefined ? "workbench" : "workbench has-session"}>
      <SessionList sessions={sessions} sessionId={sessionId} />
      {sessionId === undefined ? (
        <main class="nothing">
          <p>Choose a session to see what it says and does.</p>
        </main>
      ) : (
        <SessionPane key={sessionId} client={client} sessionId={sessionId} listed={current} />
      )}
    </div>
  );
};

const useSessionId = (): string | undefined => {
  const [sessionId, setSessionId] = useState(() => readAddress(location.hash).sessionId);
  useEffect(() => {
    const read = (): void => setSessionId(readAddress(location.hash).sessionId);
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  return sessionId;
};
