// Entry "./html-worker": the thread that converts large pages. Not for import.
import { parentPort, workerData } from "node:worker_threads";

import { convertHtml } from "./html/convert-html.ts";
import { decodeText } from "./html/decode-text.ts";

import type { PageJob } from "./html/convert-page.ts";

const { bytes, charset, ...options } = workerData as PageJob;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(convertHtml(decodeText(bytes, charset), options));
