import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

import { ToolFailure } from "@holdfast/core/tool";

import { convertHtmlInSlices } from "./convert-html.ts";
import { decodeText } from "./decode-text.ts";

import type { ConvertedPage, ConvertOptions } from "./convert-html.ts";

/** A page as it came. */
export interface PageJob extends ConvertOptions {
  readonly bytes: Uint8Array;
  readonly charset: string;
}

/** Pages from here on are converted in a thread of their own. */
const workerBytes = 1024 * 1024;
const timeoutMs = 20_000;
/** A page of 5 MiB takes a quarter of it. */
const heapMb = 192;

/**
 * Converts a page without holding up the event loop: up to 1 MiB a few milliseconds at a time, above that in a thread of its own, whose memory
 * and time are bounded.
 *
 * @throws ToolFailure for a page that takes more than 20 s or 192 MB; the signal's reason.
 */
export const convertPage = async (job: PageJob, signal: AbortSignal): Promise<ConvertedPage> => {
  signal.throwIfAborted();
  if (job.bytes.length >= workerBytes) return convertInThread(job, signal);
  const { bytes, charset, ...options } = job;
  const tooLong = AbortSignal.timeout(timeoutMs);
  try {
    return await convertHtmlInSlices(decodeText(bytes, charset), options, AbortSignal.any([signal, tooLong]));
  } catch (error) {
    if (!signal.aborted && tooLong.aborted) throw tookTooLong();
    throw error;
  }
};

const tookTooLong = () =>
  new ToolFailure(`The page could not be converted within ${timeoutMs / 1_000} s. Ask for the format html.`);

const convertInThread = async (job: PageJob, signal: AbortSignal): Promise<ConvertedPage> => {
  // By the package's name: the file is called otherwise where it is built.
  const script = createRequire(import.meta.url).resolve("@holdfast/tools-web/html-worker");
  const worker = new Worker(script, {
    workerData: job,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 },
  });
  let stop: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ConvertedPage>((resolve, reject) => {
      stop = () => reject(signal.reason as Error);
      signal.addEventListener("abort", stop, { once: true });
      timer = setTimeout(() => reject(tookTooLong()), timeoutMs);
      worker.once("message", resolve);
      worker.once("error", (error) => {
        const isFull = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
        reject(
          isFull ? new ToolFailure(`The page took more than ${heapMb} MB to convert. Ask for the format html.`) : error,
        );
      });
      worker.once("exit", () => reject(new Error("the thread that converts a page ended without a result")));
    });
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
};
