import { useEffect, useState } from "preact/hooks";

import { AskDock } from "../asks/ask-dock.tsx";
import { Log } from "../log/log.tsx";
import { Problem } from "../shell/problem.tsx";
import { useSession } from "../state/use-session.ts";
import { ParkedBar } from "./parked-bar.tsx";
import { PromptBox } from "./prompt-box.tsx";
import { Transcript } from "./transcript.tsx";

import type { SessionInfo } from "@holdfast/core";
import type { Client } from "@holdfast/sdk";
import type { ListedSession, Standing } from "../state/poll-sessions.ts";
import type { SessionView } from "../state/session-view.ts";

/** Where the log has room beside the transcript, it is open at first. */
const besideWidth = "(width >= 1180px)";

/** One session: what it says, what it asks, its log, and a box to prompt it. */
export const SessionPane = ({
  client,
  sessionId,
  listed,
}: {
  readonly client: Client;
  readonly sessionId: string;
  readonly listed: ListedSession | undefined;
}) => {
  const { view, version, error } = useSession(client, sessionId);
  const stuck = useStuck(view, listed?.standing);
  const [isLogOpen, setLogOpen] = useState(() => matchMedia(besideWidth).matches);
  const title = listed?.session.title ?? createdTitle(view) ?? "";
  return (
    <>
      <main class="session" aria-label="Session">
        <header class="bar">
          <a href="#/" class="back" aria-label="All sessions">
            ←
          </a>
          <div class="session-name">
            <h2>{title === "" ? sessionId : title}</h2>
            <Facts session={listed?.session} />
          </div>
          {view === undefined ? null : <State view={view} stuck={stuck} />}
          <button type="button" aria-expanded={isLogOpen} onClick={() => setLogOpen(!isLogOpen)}>
            Log
          </button>
        </header>
        <Problem error={error} />
        {view === undefined ? (
          <p class="quiet reading">{error === undefined ? "Reading the log…" : ""}</p>
        ) : (
          <>
            <Transcript view={view} version={version} />
            {stuck === "parked" ? <ParkedBar client={client} sessionId={sessionId} /> : null}
            <AskDock client={client} sessionId={sessionId} asks={view.asks} />
            <PromptBox client={client} sessionId={sessionId} isBusy={view.isBusy} />
          </>
        )}
      </main>
      {view !== undefined && isLogOpen ? <Log events={view.log} /> : null}
    </>
  );
};

const createdTitle = (view: SessionView | undefined): string | undefined => {
  const first = view?.log[0];
  return first?.type === "session.created" ? first.data.title : undefined;
};

const Facts = ({ session }: { readonly session: SessionInfo | undefined }) => {
  if (session === undefined) return null;
  const { usage, agent, model, location } = session;
  const tokens = usage.inputTokens + usage.outputTokens;
  return (
    <p class="facts">
      <span title={location.directory}>{location.directory}</span>
      <span>{agent}</span>
      {model === undefined ? null : <span>{model.id}</span>}
      {tokens === 0 ? null : <span>{tokens.toLocaleString("en")} tokens</span>}
    </p>
  );
};

/**
 * How an execution stands that is open and that nobody works on: the log does not tell, since a process that died wrote nothing. What was
 * said of it counts until the log goes on.
 */
const useStuck = (view: SessionView | undefined, standing: Standing | undefined): Standing | undefined => {
  const [saidAt, setSaidAt] = useState(-1);
  const isThere = view !== undefined;
  useEffect(() => setSaidAt(view?.log.length ?? -1), [standing, isThere]);
  const isStuck = standing === "parked" || standing === "unproven" || standing === "waiting";
  return isStuck && view?.log.length === saidAt ? standing : undefined;
};

/** How the session stands, as its log and its server tell. */
const State = ({ view, stuck }: { readonly view: SessionView; readonly stuck: Standing | undefined }) => {
  const word = stuck ?? stateWord(view);
  return (
    <span class={`standing ${word}`} role="status">
      {word === "unproven" ? "owner silent" : word}
      {word === "running" && !view.isLive ? " elsewhere" : ""}
    </span>
  );
};

const stateWord = ({ rest, asks, isBusy }: SessionView): string => {
  if (rest === "replica" || rest === "deleted") return rest;
  if (asks.length > 0) return "asking";
  return isBusy ? "running" : (rest ?? "idle");
};
