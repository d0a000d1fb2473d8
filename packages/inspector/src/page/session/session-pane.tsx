import { useState } from "preact/hooks";

import { AskDock } from "../asks/ask-dock.tsx";
import { Log } from "../log/log.tsx";
import { Problem } from "../shell/problem.tsx";
import { useSession } from "../state/use-session.ts";
import { ParkedBar } from "./parked-bar.tsx";
import { PromptBox } from "./prompt-box.tsx";
import { Transcript } from "./transcript.tsx";

import type { SessionInfo } from "@holdfast/core";
import type { Client } from "@holdfast/sdk";
import type { SessionView } from "../state/session-view.ts";

/** One session: what it says, what it asks, its log, and a box to prompt it. */
export const SessionPane = ({
  client,
  sessionId,
  listed,
}: {
  readonly client: Client;
  readonly sessionId: string;
  readonly listed: SessionInfo | undefined;
}) => {
  const { view, version, error } = useSession(client, sessionId);
  const [isLogOpen, setLogOpen] = useState(true);
  const title = listed?.title ?? createdTitle(view) ?? "";
  return (
    <>
      <main class="session" aria-label="Session">
        <header class="bar">
          <a href="#/" class="back" aria-label="All sessions">
            ←
          </a>
          <div class="session-name">
            <h2>{title === "" ? sessionId : title}</h2>
            <Facts listed={listed} />
          </div>
          {view === undefined ? null : <State view={view} />}
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
            {view.rest === "parked" ? <ParkedBar client={client} sessionId={sessionId} /> : null}
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

const Facts = ({ listed }: { readonly listed: SessionInfo | undefined }) => {
  if (listed === undefined) return null;
  const { usage, agent, model, location } = listed;
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

/** How the session stands, as its log and its server tell. */
const State = ({ view }: { readonly view: SessionView }) => {
  const word = stateWord(view);
  return (
    <span class={`standing ${word}`} role="status">
      {word}
      {word === "running" && !view.isLive ? " elsewhere" : ""}
    </span>
  );
};

const stateWord = ({ rest, asks, isBusy }: SessionView): string => {
  if (rest === "parked" || rest === "replica" || rest === "deleted") return rest;
  if (asks.length > 0) return "asking";
  if (isBusy) return "running";
  return rest ?? "idle";
};
