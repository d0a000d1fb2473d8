import type { OutputWindow } from "../output/output-window.ts";
import type { Asks } from "./asks.ts";
import type { Locations } from "./locations.ts";
import type { Models } from "./models.ts";
import type { Sessions } from "./sessions.ts";

/** The outputs that were too long to show whole. */
export interface Outputs {
  /**
   * A window of an output of this session, from a byte offset (default 0), of at most `limit` bytes (1 to 51,200, the default).
   *
   * @throws output.not-found for an output that is not there, or that is another session's.
   */
  read(query: {
    readonly sessionId: string;
    /** `tool-output://…`, as results carry it. */
    readonly ref: string;
    readonly offset?: number | undefined;
    readonly limit?: number | undefined;
  }): Promise<OutputWindow>;
}

/** The facade: the same over a runtime in process and over the wire. */
export interface Holdfast extends AsyncDisposable {
  readonly sessions: Sessions;
  readonly asks: Asks;
  readonly outputs: Outputs;
  readonly locations: Locations;
  readonly models: Models;
}
