import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { verifySession } from "@holdfast/core/store";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";

import { toResolveModel } from "./configured-model.ts";
import { logTable } from "./log-table.ts";
import { startWorker } from "./run-worker.ts";
import { startScriptedServer } from "./scripted-server.ts";

import type { Holdfast, SessionId } from "@holdfast/core";
import type { DurableEvent, EventDataOf } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { WorkerOrder } from "./worker.ts";

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const prompt = "The tests of this project fail. Find out why, and mend it.";

/** A session that is killed in its middle and finished by another process. Resolves with whether everything held. */
export const runDemo = async (): Promise<boolean> => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "holdfast-first-light-")));
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  await cp(fileURLToPath(new URL("../sample", import.meta.url)), directory, { recursive: true });
  const server = cleanUp.use(await startScriptedServer());
  const configuration = { baseUrl: server.baseUrl, model: "scripted" };
  const path = join(directory, "sessions.db");
  const store = await openSqliteStore({ path });
  // This process follows and proves; the workers do the work. Policy off: it takes nothing over itself.
  const holdfast = cleanUp.use(await createRuntime({ store, model: toResolveModel(configuration), recovery: "off" }));
  const session = await holdfast.sessions.create({ location: { directory }, title: "First light" });
  const order = { store: path, sessionId: session.id, configuration };
  say(`A sample project with a failing test, and a SQLite store, in ${directory}`);
  say(`You: ${prompt}\n`);

  await killInTheMiddle(holdfast, { ...order, prompt });
  const receipt = await finish(holdfast, order);
  const log = await readLog(holdfast, session.id);
  say(`\nThe resume receipt, committed before anything ran again (event ${receipt.seq}):`);
  say(showReceipt(receipt.data));
  say(`\nThe log of ${session.id}:`);
  say(logTable(log));
  const holds = await prove(store, session.id);
  return (await testsPass(directory)) && holds;
};

/** Runs the first worker until its first test run has begun, and kills it there. */
const killInTheMiddle = async (holdfast: Holdfast, order: WorkerOrder): Promise<void> => {
  using worker = startWorker(order);
  say(`Worker 1 (process ${worker.pid}):`);
  const names = new Map<string, string>();
  for await (const item of holdfast.sessions.events({ sessionId: order.sessionId })) {
    if (item.kind !== "event") continue;
    const { type, data, seq } = item.event;
    if (type === "execution.ended")
      throw new Error(`expected to kill worker 1 in its test run, but the execution ended: ${data.outcome}`);
    if (type === "tool.called") names.set(data.callId, data.name);
    if (type === "tool.begun" && names.get(data.callId) === "bash") {
      worker.kill();
      say(
        `\nKilled: SIGKILL to worker 1, right after its test run had begun (event ${seq}); it ended with ${await worker.ended}.`,
      );
      return;
    }
  }
};

/** Runs the second worker, which takes over by policy, to the end of the execution. Resolves with the resume receipt. */
const finish = async (holdfast: Holdfast, order: WorkerOrder): Promise<DurableEvent<"execution.recovered">> => {
  const startedAt = performance.now();
  using worker = startWorker(order);
  say(`\nWorker 2 (process ${worker.pid}), policy resume:`);
  let receipt: DurableEvent<"execution.recovered"> | undefined;
  for await (const item of holdfast.sessions.events({ sessionId: order.sessionId })) {
    if (item.kind !== "event") continue;
    if (item.event.type === "execution.recovered") {
      receipt = item.event;
      say(`  took over ${((performance.now() - startedAt) / 1_000).toFixed(1)} s after it was started`);
    }
    if (item.event.type === "execution.ended") break;
  }
  const ended = await worker.ended;
  if (receipt === undefined || ended !== "exit code 0")
    throw new Error(`expected worker 2 to take over and finish, found ${ended}`);
  return receipt;
};

const readLog = async (holdfast: Holdfast, sessionId: string): Promise<readonly DurableEvent[]> => {
  const events: DurableEvent[] = [];
  for await (const item of holdfast.sessions.events({ sessionId, until: "sync" }))
    if (item.kind === "event") events.push(item.event);
  return events;
};

const showReceipt = (receipt: EventDataOf<"execution.recovered">): string => {
  const { previous, trusted, calls, revalidated, recovery } = receipt;
  const lines = [
    `before      ${previous.owner ?? "nobody"}, fence ${previous.fence}: ${previous.reason}`,
    `trusts      event ${trusted.seq}, hash ${trusted.hash.slice(0, 16)}…`,
    ...calls.map(({ name, state, verdict }) => `open call   ${name}, ${state}: ${verdict}`),
    `looked at   directory ${revalidated.locationIdentity}, permissions ${revalidated.permissionsHash.slice(0, 8)}…, tools ${revalidated.toolsHash.slice(0, 8)}…, model ${revalidated.model.id}`,
    `recovery    number ${recovery} without progress in between`,
  ];
  return lines.map((line) => `  ${line}`).join("\n");
};

const yesWithout = (findings: readonly unknown[]): string =>
  findings.length === 0 ? "yes" : `NO: ${JSON.stringify(findings)}`;

const prove = async (store: Store, sessionId: SessionId): Promise<boolean> => {
  const { events, chain, projections } = await verifySession(store, sessionId, sha256);
  say(`\nOver ${events} events:`);
  say(`  projections equal their rebuild from the log: ${yesWithout(projections)}`);
  say(`  hash chain intact: ${yesWithout(chain)}`);
  return chain.length === 0 && projections.length === 0;
};

const testsPass = async (directory: string): Promise<boolean> => {
  const child = spawn(process.execPath, ["--test", "--test-reporter=spec"], {
    cwd: directory,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => (output += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  const lines = output.split("\n").filter((line) => /^(✔|✖)|^ℹ (pass|fail) /.test(line));
  say(`\nThe sample's tests now:\n${lines.map((line) => `  ${line}`).join("\n")}`);
  return code === 0;
};
