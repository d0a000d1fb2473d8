import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";

import { argumentSchemas } from "../src/wire/argument-schemas.ts";
import { answerSchemas } from "../src/wire/answer-schemas.ts";
import { routes } from "../src/wire/routes.ts";

import type { Holdfast } from "../src/api/holdfast.ts";
import type { EventItem, EventsQuery } from "../src/api/event-item.ts";
import type { durableEventSchema, EventPage, liveEventSchema, noticeSchema } from "../src/wire/event-answers.ts";
import type { Route } from "../src/wire/route.ts";
import type { RouteName } from "../src/wire/routes.ts";

type Groups = Omit<Holdfast, typeof Symbol.asyncDispose>;
type MethodOf<TName extends string> = TName extends `${infer TGroup extends keyof Groups}.${infer TMethod}`
  ? TMethod extends keyof Groups[TGroup]
    ? Groups[TGroup][TMethod]
    : never
  : never;

/** Without the difference between an array and a readonly one: to read, they are the same. */
type Read<T> = T extends readonly (infer TItem)[]
  ? readonly Read<TItem>[]
  : T extends object
    ? { readonly [K in keyof T]: Read<T[K]> }
    : T;

type AnswerOf<TName extends Exclude<RouteName, "sessions.export" | "sessions.events">> =
  MethodOf<TName> extends (...given: never) => Promise<infer TAnswer> ? NonNullable<TAnswer> : never;

type WrittenAnswer<TName extends RouteName> = (typeof routes)[TName] extends {
  readonly answer: infer TAnswer extends keyof typeof answerSchemas;
}
  ? z.output<(typeof answerSchemas)[TAnswer]>
  : never;

type Unwrapped<TName extends RouteName> = (typeof routes)[TName] extends { readonly wrap: infer TKey extends string }
  ? WrittenAnswer<TName> extends Record<TKey, infer TInner>
    ? TInner
    : never
  : WrittenAnswer<TName>;

type Plain = Exclude<RouteName, "sessions.export" | "sessions.events">;
type Mismatch<TName extends Plain> = TName extends Plain
  ? [Read<Unwrapped<TName>>, Read<AnswerOf<TName>>] extends [Read<AnswerOf<TName>>, Read<Unwrapped<TName>>]
    ? never
    : TName
  : never;

type ArgumentGiven<TName extends RouteName> = z.input<(typeof argumentSchemas)[(typeof routes)[TName]["argument"]]>;
/** What a caller in process may give and what a body may hold is the same, but for what only one process has. */
type Taken<TName extends Exclude<RouteName, "sessions.events" | "sessions.wait" | "sessions.import">> =
  TName extends RouteName
    ? MethodOf<TName> extends (argument: infer TArgument) => unknown
      ? [Plainly<ArgumentGiven<TName>>] extends [Plainly<Exclude<TArgument, undefined>>]
        ? never
        : TName
      : never
    : never;
/** Without brands: a caller gives texts. */
type Plainly<T> = T extends string
  ? string
  : T extends readonly (infer TItem)[]
    ? readonly Plainly<TItem>[]
    : T extends object
      ? { readonly [K in keyof T]: Plainly<T[K]> }
      : T;

describe("the wire's schemas", () => {
  it("hold, of every answer, exactly what the facade's types say, both ways", () => {
    expectTypeOf<Mismatch<Plain>>().toEqualTypeOf<never>();
    expectTypeOf<Read<z.output<typeof answerSchemas.eventPage>>>().toEqualTypeOf<Read<EventPage>>();
    expectTypeOf<Read<z.output<typeof durableEventSchema>>>().toEqualTypeOf<
      Read<Extract<EventItem, { kind: "event" }>["event"]>
    >();
    expectTypeOf<Read<z.output<typeof liveEventSchema>>>().toEqualTypeOf<
      Read<Extract<EventItem, { kind: "live" }>["live"]>
    >();
    expectTypeOf<Read<z.output<typeof noticeSchema>>>().toEqualTypeOf<
      Read<Extract<EventItem, { kind: "notice" }>["notice"]>
    >();
    // Types are all that is compared here, by the compiler; that schemas are there at all is seen at run time.
    expect(Object.keys(answerSchemas).length).toBeGreaterThan(25);
  });

  it("take, of every argument, what the facade's methods take", () => {
    expectTypeOf<
      Taken<
        Exclude<RouteName, "sessions.events" | "sessions.wait" | "sessions.import" | "asks.approvals" | "asks.answer">
      >
    >().toEqualTypeOf<never>();
    expectTypeOf<Omit<EventsQuery, "signal" | "sessionId">>().toMatchTypeOf<
      Pick<z.input<typeof argumentSchemas.events>, "after" | "live" | "until">
    >();
    expect(Object.keys(argumentSchemas)).toEqual(
      expect.arrayContaining(Object.values(routes).map(({ argument }) => argument)),
    );
  });
});

describe("the table of routes", () => {
  const table = Object.entries<Route>(routes);

  it("has one route for each method and path, and each member of an argument in one place", () => {
    expect(new Set(table.map(([, { method, path }]) => `${method} ${path}`)).size).toBe(table.length);
    for (const [name, { path, query = {}, argument }] of table) {
      const schema = z.toJSONSchema(argumentSchemas[argument], { io: "input", unrepresentable: "any" });
      const members = Object.keys(schema.properties ?? {});
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, member = ""]) => member);
      expect([name, members]).toEqual([name, expect.arrayContaining([...inPath, ...Object.keys(query)])]);
      expect(inPath.filter((member) => member in query)).toEqual([]);
      // A request without a body has nowhere else to say anything.
      const { method, body = "json" } = routes[name as RouteName] as Route;
      if (method === "GET" || body !== "json")
        expect(members.toSorted()).toEqual([...inPath, ...Object.keys(query)].toSorted());
    }
  });

  it("says of each member of a query what the schema takes", () => {
    for (const [name, { query = {}, argument }] of table) {
      const { properties = {} } = z.toJSONSchema(argumentSchemas[argument], { io: "input", unrepresentable: "any" });
      for (const [member, kind] of Object.entries(query)) {
        const { type } = properties[member] as { type: string };
        const expected = type === "integer" ? "number" : type === "string" ? "text" : type;
        expect([name, member, kind]).toEqual([name, member, expected]);
      }
    }
  });
});
