// Entry ".": for whoever watches and steers sessions from elsewhere.
export { createClient } from "./create-client.ts";
export { HoldfastError } from "@holdfast/core/errors";

export type { Client, WithSignal } from "./client.ts";
export type { CallOptions, ClientOptions } from "./client-options.ts";
