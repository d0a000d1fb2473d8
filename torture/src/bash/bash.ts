import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import * as z from "zod";

import { makeScratch } from "../scratch.ts";
import { median } from "../torture.ts";
import { hostileCommands } from "./hostile-commands.ts";
import { endCarriers, findCarriers } from "./carriers.ts";
import { openDesk } from "./run-call.ts";

import type { Outcome, Torture } from "../torture.ts";
import type { HostileCommand } from "./hostile-commands.ts";

const resultSchema = z.object({ output: z.string(), timedOut: z.boolean(), durationMs: z.number() });

/** How much later than its time limit a call may settle. */
const lateMs = 2_000;
const atOnce = 2;

interface Verdict {
  /** How long after its limit it settled; undefined where it ends by itself. */
  readonly overMs: number | undefined;
  readonly broken: readonly string[];
}

/** Hostile commands: each settles in time with what it had written, and leaves nothing behind that can be followed. */
export const bash: Torture = {
  name: "bash",
  proves:
    "hostile commands settle within their time limit and 2 s with what they had written, and nothing that kept their group or mark is left",
  run: async ({ full, seed }): Promise<Outcome> => {
    await using scratch = await makeScratch();
    const rounds = full ? 5 : 1;
    const waiting = Array.from({ length: rounds }, () => hostileCommands)
      .flat()
      .filter(({ isHeavy = false }) => full || !isHeavy);
    const verdicts: Verdict[] = [];
    let started = 0;
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        started += 1;
        verdicts.push(
          await judge(next, { directory: scratch.directory, mark: `${seed % 100_000}${process.pid}${started}` }),
        );
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const over = verdicts.flatMap(({ overMs }) => overMs ?? []);
    return {
      done: {
        commands: started,
        "median over the limit, ms": Math.round(median(over)),
        "most over the limit, ms": Math.round(Math.max(...over)),
      },
      broken: verdicts.flatMap(({ broken }) => broken),
    };
  },
};

const judge = async (
  hostile: HostileCommand,
  { directory, mark }: { readonly directory: string; readonly mark: string },
): Promise<Verdict> => {
  const place = join(directory, mark);
  const state = join(directory, "state");
  await mkdir(place);
  const command = hostile.command.replaceAll("MARK", mark);
  const broken: string[] = [];
  const complain = (sentence: string): void => void broken.push(`"${hostile.name}": ${sentence}`);
  const startedAt = performance.now();
  const result = resultSchema.parse(
    await openDesk(place, state).call("bash", { command, timeoutMs: hostile.timeoutMs }),
  );
  const overMs = performance.now() - startedAt - hostile.timeoutMs;
  if (overMs > lateMs) complain(`it settled ${Math.round(overMs)} ms after its limit`);
  if (result.timedOut !== hostile.endsByTimeout)
    complain(`expected timedOut to be ${hostile.endsByTimeout}, found ${result.timedOut}`);
  if (!hostile.output.test(result.output)) complain(`its output was ${JSON.stringify(result.output.slice(0, 200))}`);
  const left = await findCarriers(mark);
  if (hostile.escapes === true) await endCarriers(left);
  else if (left.length > 0) {
    complain(`${left.length} of its processes are left`);
    await endCarriers(left);
  }
  const beats = await sizeOf(join(place, "beats"));
  await sleep(150);
  if (hostile.escapes !== true && (await sizeOf(join(place, "beats"))) !== beats)
    complain("something of it still writes");
  return { overMs: hostile.endsByTimeout ? overMs : undefined, broken };
};

const sizeOf = async (path: string): Promise<number> => (await readFile(path).catch(() => Buffer.alloc(0))).length;
