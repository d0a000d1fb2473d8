// A process of the torture "store": works on sessions that it shares with others, in several lanes, until it is killed.
import { hostname } from "node:os";

import { openSqliteStore } from "@holdfast/store-sqlite";

import { argumentOf, tell } from "../child-process.ts";
import { Admissions } from "./admissions.ts";
import { openDesk, pick, sessionNumbered, tolerating } from "./desk.ts";
import { follow } from "./follow.ts";
import { openJournal } from "./journal.ts";
import { startTimeOf } from "./process-state.ts";
import { work } from "./turns.ts";
import { bringIn, look, prune } from "./upkeep.ts";

import type { WorkerArgument } from "./desk.ts";

const lanes = 3;
/** How often each thing is done, of all that is done. */
const shares = [
  ["a turn", 0.5],
  ["an admission", 0.2],
  ["an admission again", 0.1],
  ["a look", 0.1],
  ["a pruning", 0.07],
  ["an import", 0.03],
] as const;
type What = (typeof shares)[number][0];

const argument = argumentOf() as WorkerArgument;
const store = await openSqliteStore({ path: argument.store });
const desk = openDesk(argument, store, openJournal(argument.directory, argument.slot));
await store.renew({
  ownerId: desk.ownerId,
  runtime: "test",
  host: hostname(),
  boot: null,
  pidNamespace: null,
  pid: process.pid,
  startTime: startTimeOf(process.pid),
});
const admissions = new Admissions(desk);
await admissions.takeUp();

const session = () => sessionNumbered(Math.floor(desk.random() * argument.sessions));

const choose = (): What => {
  let left = desk.random();
  for (const [what, share] of shares) if ((left -= share) < 0) return what;
  return "a turn";
};

const workOrAdmit = async (): Promise<void> => {
  // As a runtime discovers it, or by chance: what a dead owner left would else be found once in a while.
  const found = desk.random() < 0.3 ? await store.workloads({ runtime: "test", limit: 50 }) : [];
  const sessionId = pick(desk, found)?.sessionId ?? session();
  if ((await work(desk, sessionId)) === "nothing") await admit();
};

const admit = async (): Promise<void> => {
  const sessionId = session();
  if ((await store.session(sessionId)) === null) await work(desk, sessionId);
  else await admissions.admit(sessionId);
};

const tasks: { readonly [W in What]: () => Promise<void> } = {
  "a turn": workOrAdmit,
  "an admission": admit,
  "an admission again": () => admissions.repeat(),
  "a look": () => look(desk, session()),
  "a pruning": () => prune(desk, session()),
  "an import": () => bringIn(desk),
};

const runLane = async (): Promise<never> => {
  for (;;) {
    const what = choose();
    await tolerating(desk, what, tasks[what]);
  }
};

const runTail = async (): Promise<never> => {
  for (;;) await tolerating(desk, "a tail", () => follow(desk, session()));
};

tell({ ready: true });
await Promise.all([...Array.from({ length: lanes }, runLane), runTail()]);
