// Entry "./wire": for who serves the facade, or checks what a server said.
export { answerSchemas } from "./wire/answer-schemas.ts";
export { durableEventSchema, liveEventSchema, noticeSchema } from "./wire/event-answers.ts";
export { problemSchema } from "./wire/problem.ts";
export { routes } from "./wire/routes.ts";

export type { EventPage } from "./wire/event-answers.ts";
export type { Problem } from "./wire/problem.ts";
export type { AnswerName, QueryKind, Route } from "./wire/route.ts";
export type { RouteName } from "./wire/routes.ts";
