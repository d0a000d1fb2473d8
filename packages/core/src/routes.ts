// Entry "./routes": plain data, for who speaks the wire and wants no schemas.
export { routes } from "./wire/routes.ts";

export type { AnswerName, QueryKind, Route } from "./wire/route.ts";
export type { RouteName } from "./wire/routes.ts";
export type { EventPage } from "./wire/event-answers.ts";
export type { Problem } from "./wire/problem.ts";
