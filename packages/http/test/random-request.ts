import { openApiDocument } from "@holdfast/http";

import type { Loose } from "./serving.ts";

type Schema = Loose;

/** A request that was made up from the document. */
export interface RandomRequest {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What requests are made up with. */
export interface RequestPool {
  /** A number from 0 to below 1. */
  readonly random: () => number;
  /** Values that mean something to the server, by the name of the member. */
  readonly known: Readonly<Record<string, readonly unknown[]>>;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operation: Schema;
}

const operations: readonly Operation[] = Object.entries(openApiDocument()["paths"] as Record<string, Schema>).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

const odd: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  0.5,
  "",
  "\u0000",
  "\ud800",
  "../..",
  "ses_x",
  {},
  [],
  [[]],
  { a: 1 },
  "x".repeat(5_000),
  "__proto__",
];

/** A request for a random operation: one in three as the document says, the others with something wrong in one place or in several. */
export const randomRequest = (pool: RequestPool): RandomRequest => {
  const { random } = pool;
  const { method, path, operation } = pick(operations, random);
  const wrong = pick([0, 0.15, 0.6], random);
  const headers: Record<string, string> = {};
  const query = new URLSearchParams();
  let filled: string = path;
  for (const parameter of operation.parameters ?? []) {
    const value = parameterOf(parameter, pool, wrong);
    if (value === undefined) continue;
    const { in: place, name } = parameter;
    if (place === "path") filled = filled.replace(`{${name}}`, encodeURIComponent(value.toWellFormed()) || "%20");
    else if (place === "query") query.append(name, value);
    else if (/^[\u0020-\u007e]*$/.test(value)) headers[name.toLowerCase()] = value;
  }
  if (random() < wrong / 3) query.append(pick(["unknown", "limit", "sessionId", "__proto__"], random), "1");
  const [type, content] = Object.entries<Schema>(operation.requestBody?.content ?? {})[0] ?? [];
  const search = query.size === 0 ? "" : `?${query.toString()}`;
  const request = { operation: operation.operationId, method, path: filled + search, headers };
  if (type === undefined) return request;
  if (random() >= wrong / 4) headers["content-type"] = type;
  return { ...request, body: bodyOf(type, content.schema, { pool, wrong }) };
};

/** A value for a place of the request, as a text; undefined to leave it out. */
const parameterOf = (
  { in: place, name, required, schema }: Schema,
  pool: RequestPool,
  wrong: number,
): string | undefined => {
  const { random } = pool;
  const likely = place === "path" ? 1 : required === true ? 1 - wrong / 4 : 0.4;
  if (random() >= likely) return undefined;
  return textOf(random() < wrong ? pick(odd, random) : valueOf(schema, name, pool));
};

const bodyOf = (
  type: string,
  schema: Schema,
  { pool, wrong }: { readonly pool: RequestPool; readonly wrong: number },
): string => {
  const { random } = pool;
  if (type !== "application/json") return pick(["", "{}\n", '{"chain":"a"}\nnonsense', "\n\n\n"], random);
  if (random() < wrong / 6) return pick(["{", "[]", "null", "1", '"text"', "", "{}{}"], random);
  const value = valueOf(schema, "body", pool) as Record<string, unknown>;
  for (const member of Object.keys(value)) {
    if (random() < wrong / 2) value[member] = pick(odd, random);
    else if (random() < wrong / 4) delete value[member];
  }
  if (random() < wrong / 4) value["unknown"] = 1;
  return JSON.stringify(value);
};

/** A value that fits a schema, as far as its shape goes. */
const valueOf = (schema: Schema, name: string, pool: RequestPool): unknown => {
  const { random, known } = pool;
  if (known[name] !== undefined && random() < 0.8) return pick(known[name], random);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return valueOf(pick(choices, random), name, pool);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(schema.enum, random);
  return (byType[schema.type] ?? someText)(schema, name, pool);
};

const someText = (_: Schema, __: string, { random }: RequestPool): unknown =>
  pick(["Hello", "a", "äö😀", "ses_abc", "msg_abc", "AAAA", "f".repeat(64)], random);

const someNumber = (_: Schema, __: string, { random }: RequestPool): unknown => Math.floor(random() * 60);

const byType: Readonly<Record<string, (schema: Schema, name: string, pool: RequestPool) => unknown>> = {
  boolean: (_, __, { random }) => random() < 0.5,
  integer: someNumber,
  number: someNumber,
  array: ({ items }, name, pool) =>
    Array.from({ length: Math.floor(pool.random() * 3) }, () => valueOf(items, name, pool)),
  object: ({ properties, required }, _, pool) =>
    Object.fromEntries(
      Object.entries(properties ?? {})
        .filter(([member]) => required?.includes(member) === true || pool.random() < 0.4)
        .map(([member, inner]) => [member, valueOf(inner, member, pool)]),
    ),
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const pick = <T>(values: readonly T[], random: () => number): T => {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("expected something to pick from");
  return value;
};
