import type { JsonObject } from "../json/json-value.ts";

/** Where a runtime reports what no caller waits for. A logger that throws loses what it was told, and breaks nothing else. */
export interface Logger {
  debug(message: string, data?: JsonObject): void;
  info(message: string, data?: JsonObject): void;
  warn(message: string, data?: JsonObject): void;
  error(message: string, data?: JsonObject): void;
}

/** A logger that drops everything: the default of a library that must not write to its host's terminal. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};
