import { startChild } from "../child-process.ts";

import type { PlotPlace } from "./plot.ts";

const victim = new URL("victim.ts", import.meta.url);

/** Starts a victim, and waits until its fault point killed it. */
export const killAt = async (
  place: PlotPlace,
  point: string,
): Promise<{ readonly broken: readonly string[]; readonly atMs: number }> => {
  await using child = startChild(victim, { ...place }, { fault: `after:${point}=kill` });
  const { signal, atMs } = await child.ended;
  return { broken: signal === "SIGKILL" ? [] : ["the victim was not killed: its fault point was never reached"], atMs };
};
