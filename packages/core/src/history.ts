// Entry "./history": for who shows a session, also in a browser: messages made of events, without the schemas.
export { History } from "./session/history.ts";

export type { ScheduledRetry } from "./session/history.ts";
