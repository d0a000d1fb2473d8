import { hash } from "node:crypto";

import type { Hash } from "@holdfast/core";

/** SHA-256 by Node's one-shot digest. */
export const sha256: Hash = (text) => hash("sha256", text);
