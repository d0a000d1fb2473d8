import { toAddress } from "../state/page-address.ts";
import { timeAgo } from "./time.ts";
import { Problem } from "./problem.tsx";

import type { ListedSession, Standing } from "../state/poll-sessions.ts";
import type { Sessions } from "../state/use-sessions.ts";

const words: Readonly<Record<Standing, string>> = {
  running: "running",
  asking: "asks",
  parked: "parked",
  unproven: "owner silent",
  waiting: "waiting",
  replica: "replica",
  idle: "idle",
};

/** All sessions, newest first, each with how it stands. */
export const SessionList = ({
  sessions,
  sessionId,
}: {
  readonly sessions: Sessions;
  readonly sessionId: string | undefined;
}) => (
  <nav class="sessions" aria-label="Sessions">
    <header class="bar">
      <h1>
        <a href="#/">Holdfast</a>
      </h1>
      <span class="quiet">{counted(sessions.listed?.length)}</span>
    </header>
    <Problem error={sessions.error} />
    <ul class="session-list">
      {(sessions.listed ?? []).map((one) => (
        <Row key={one.session.id} {...one} isCurrent={one.session.id === sessionId} />
      ))}
    </ul>
    {sessions.listed?.length === 0 ? <p class="quiet empty">No sessions yet.</p> : null}
    {sessions.hasOlder ? (
      <button type="button" class="more" onClick={sessions.readOlder}>
        Older sessions
      </button>
    ) : null}
  </nav>
);

const counted = (count: number | undefined): string =>
  count === undefined ? "" : count === 1 ? "1 session" : `${count} sessions`;

const Row = ({ session, standing, isCurrent }: ListedSession & { readonly isCurrent: boolean }) => (
  <li>
    <a class="session-row" href={toAddress(session.id)} aria-current={isCurrent ? "page" : undefined}>
      <span class="session-title">{session.title === "" ? <i>untitled</i> : session.title}</span>
      <span class={`standing ${standing ?? "unknown"}`}>{standing === undefined ? "…" : words[standing]}</span>
      <span class="session-place" title={session.location.directory}>
        {session.location.directory.split("/").at(-1)}
      </span>
      <time class="quiet" dateTime={new Date(session.createdTime).toISOString()}>
        {timeAgo(session.createdTime)}
      </time>
    </a>
  </li>
);
