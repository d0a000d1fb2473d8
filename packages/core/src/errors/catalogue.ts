import type { JsonObject } from "../json/json-value.ts";

/** What is known of an error by its code alone. */
export interface ErrorEntry {
  /** What went wrong, in a few words that do not change. */
  readonly title: string;
  /** The HTTP status under which the error crosses a wire (RFC 9110). */
  readonly status: number;
  /** Whether the same call, made again later and unchanged, may succeed. */
  readonly retryable: boolean;
}

const entry = (title: string, status: number, retryable = false): ErrorEntry => ({ title, status, retryable });

/** Every error code of Holdfast. The only place where a code is spelled; codes never change their meaning. */
export const errorCatalogue = {
  "argument.invalid": entry("An argument does not have the expected shape", 400),
  "ask.changed": entry("The ask is about something else than what was answered", 409),
  "ask.closed": entry("The ask was answered before, or is over", 409),
  "ask.mismatch": entry("The answer does not fit what was asked", 409),
  "ask.not-found": entry("No such ask", 404),
  "cursor.malformed": entry("The text is no cursor", 400),
  "cursor.foreign": entry("The cursor belongs to another session or store", 400),
  "cursor.ahead": entry("The cursor is beyond the end of the log", 409),
  "cursor.gone": entry("The log no longer holds the cursor's position", 410),
  "event.unknown-type": entry("The log holds an event of a type that this version does not know", 500),
  "event.invalid-data": entry("An event's data does not fit its type", 500),
  "event.chain-broken": entry("The log's hash chain is broken", 500),
  "fetch.failed": entry("The server could not be reached, or did not keep to the protocol", 502, true),
  "fetch.refused": entry("The URL is not one that may be fetched", 403),
  "fetch.timeout": entry("The server did not answer in time", 504, true),
  "fetch.too-large": entry("The server's answer is larger than what is taken", 413),
  "http.bad-answer": entry("What answered is no server of Holdfast", 502),
  "http.cannot-listen": entry("The server cannot listen where it is told to", 500),
  "http.closing": entry("The server is shutting down", 503, true),
  "http.forbidden": entry("The request comes from where none is taken, or was not permitted", 403),
  "http.internal": entry("The server failed in a way that it does not tell", 500),
  "http.method-not-allowed": entry("The route does not know the method", 405),
  "http.not-found": entry("No such route", 404),
  "http.not-ready": entry("The server is not ready yet", 503, true),
  "http.timeout": entry("The request took too long to arrive", 408, true),
  "http.token-required": entry("A server that others can reach needs a token", 500),
  "http.too-large": entry("The request is larger than the server takes", 413),
  "http.too-many-connections": entry("The server has as many connections as it takes", 503, true),
  "http.unauthorized": entry("The request has no valid token", 401),
  "http.unreachable": entry("The server could not be reached, or its answer was lost", 503, true),
  "http.unsupported-media-type": entry("The body is not of the media type that the route takes", 415),
  "import.broken-chain": entry("The imported events do not chain to each other", 422),
  "import.divergent": entry("The log holds another event at the same position", 409),
  "import.foreign": entry("The import holds an event of another session", 422),
  "import.gap": entry("The imported events leave a gap in the log", 409),
  "import.malformed": entry("The import is not in the format of an export", 422),
  "import.not-replica": entry("The session is this store's own and takes no imported events", 409),
  "import.owner": entry("The session is replicated by another node", 409),
  "import.reused-id": entry("An imported event has the ID of another event", 409),
  "input.conflict": entry("The identity was already used for a different input", 409),
  "input.inbox-full": entry("The session's inbox is full", 429, true),
  "input.not-found": entry("No such input", 404),
  "input.not-pending": entry("The input was promoted or withdrawn", 409),
  "input.version-conflict": entry("The input was changed since it was read", 409),
  "location.not-found": entry("The directory does not exist", 404),
  "location.path-not-found": entry("No such directory in the Location", 404),
  "location.path-outside": entry("The path leads out of the Location", 403),
  "model.not-configured": entry("No model was named, and the runtime has no default", 400),
  "model.unavailable": entry("The runtime's model function did not answer in time", 503, true),
  "model.unknown": entry("The runtime's model function does not know the model", 400),
  "model.unsupported": entry("The model does not follow a specification that can be driven", 400),
  "output.not-found": entry("No such output", 404),
  "plugin.exists": entry("A plugin of this name is set up already", 409),
  "plugin.hook-failed": entry("A plugin's tap failed", 500),
  "plugin.invalid": entry("A plugin or one of its contributions is not valid", 400),
  "plugin.not-found": entry("No plugin of this name is set up", 404),
  "plugin.setup-failed": entry("A plugin's setup failed", 500),
  "plugin.unmet": entry("What a plugin requires is missing, goes in a circle, or would be taken away", 409),
  "runtime.disposed": entry("The runtime was disposed of", 503),
  "search.failed": entry("The search service did not answer as expected", 502, true),
  "search.rate-limited": entry("The search service takes no more requests now", 429, true),
  "search.unauthorized": entry("The search service did not accept its key", 502),
  "session.busy": entry("An execution of the session is open", 409, true),
  "session.deleted": entry("The session was deleted, and its ID is not used again", 410),
  "session.not-found": entry("No such session", 404),
  "session.replica": entry("The session is a replica and was not released", 409),
  "store.blob-missing": entry("A plan refers to a blob that neither it nor the store holds", 500),
  "store.busy": entry("Another process holds the store's write lock", 503, true),
  "store.closed": entry("The store was closed", 503),
  "store.condition-failed": entry("A row was not in the state that the plan expects", 409),
  "store.corrupt": entry("The store's file is damaged or is no store", 500),
  "store.fenced": entry("The writer does not own the session's execution", 409),
  "store.full": entry("The disk or the store is full", 507, true),
  "store.io": entry("Reading or writing the store failed", 500, true),
  "store.migration-failed": entry("A migration failed, and the store is as it was", 503),
  "store.newer": entry("The store was written by a newer version", 503),
  "store.network-file-system": entry("The store's file is on a network file system", 403),
  "store.not-found": entry("The store's file or its directory cannot be opened", 404),
  "store.read-only": entry("The store cannot be written", 403),
  "store.sequence-conflict": entry("The session's log is not at the position that the plan expects", 409, true),
  "store.unsupported-runtime": entry("This version of Node cannot load the store's driver", 500),
  "store.upgraded": entry("The store was upgraded while this process had it open", 503),
} as const satisfies Record<string, ErrorEntry>;

/** A stable code, `<area>.<kebab>`. */
export type ErrorCode = keyof typeof errorCatalogue;

/** What an error carries beside its message: plain JSON, without secrets. */
export type ErrorData = JsonObject;
