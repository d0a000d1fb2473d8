import { hash } from "node:crypto";

import type { SearchBackend } from "./search-backend.ts";

/** The backend of a session: always the same, and over many sessions each as often as the others. */
export const chooseBackend = (backends: readonly SearchBackend[], sessionId: string): SearchBackend | undefined =>
  backends[Number.parseInt(hash("sha256", sessionId).slice(0, 8), 16) % backends.length];
