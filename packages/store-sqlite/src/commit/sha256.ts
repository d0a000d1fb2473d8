import { hash as digest } from "node:crypto";

import type { Hash } from "@holdfast/core";

/** SHA-256 as 64 hex digits, by Node's one-shot digest (0.5 µs for 500 bytes). */
export const sha256: Hash = (text) => digest("sha256", text);
