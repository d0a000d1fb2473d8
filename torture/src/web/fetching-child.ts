// Fetches from a port of this machine, and says what came of it, how long it took, and what it took of memory at its peak.
import { HoldfastError } from "@holdfast/core";
import { createGuardedFetch } from "@holdfast/tools-web";
import * as z from "zod";

import { argumentOf, tell } from "../child-process.ts";

const { port, timeoutMs } = z.object({ port: z.int(), timeoutMs: z.int() }).parse(argumentOf());
const guard = createGuardedFetch({ privateHosts: [`127.0.0.1:${port}`] });

const fetchOnce = async (path: string): Promise<string> => {
  try {
    await using response = await guard.open(`http://127.0.0.1:${port}${path}`, {
      signal: new AbortController().signal,
      timeoutMs,
    });
    await response.bytes();
    return "none";
  } catch (error) {
    return HoldfastError.isInstance(error) ? error.code : String(error);
  }
};

// What is loaded for any fetch is no part of the peak.
const warm = await fetchOnce("/well");
if (warm !== "none") throw new Error(`expected the server to answer well at first, found ${warm}`);
const base = process.resourceUsage().maxRSS;
const startedAt = performance.now();
const code = await fetchOnce("/");
const ms = performance.now() - startedAt;
tell({ code, ms, peakKb: process.resourceUsage().maxRSS - base });
