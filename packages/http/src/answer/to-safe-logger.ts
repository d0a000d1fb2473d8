import type { Logger } from "@holdfast/core";

/** A logger that never throws and never rejects: what reports a failure must not become one. */
export const toSafeLogger = (logger: Logger): Logger => {
  const safely =
    (level: keyof Logger): Logger[keyof Logger] =>
    (message, data) => {
      try {
        const written: unknown = logger[level](message, data);
        if (written instanceof Promise) written.catch(() => undefined);
      } catch {
        // The host's own log is broken: there is nowhere left to say so.
      }
    };
  return { debug: safely("debug"), info: safely("info"), warn: safely("warn"), error: safely("error") };
};
