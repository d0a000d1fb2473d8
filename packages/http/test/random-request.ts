import { openApiDocument } from "@holdfast/http";

// oxlint-disable-next-line typescript/no-explicit-any
type Schema = any;

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
  for (const { in: place, name, required, schema } of operation.parameters ?? []) {
    const isThere = place === "path" || required === true ? random() >= wrong / 4 || place === "path" : random() < 0.4;
    if (!isThere) continue;
    const value = textOf(random() < wrong ? pick(odd, random) : valueOf(schema, name, pool));
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
  if (schema.type === "object") {
    const members = Object.entries(schema.properties ?? {}).filter(
      ([member]) => schema.required?.includes(member) === true || random() < 0.4,
    );
    return Object.fromEntries(members.map(([member, inner]) => [member, valueOf(inner, member, pool)]));
  }
  if (schema.type === "array")
    return Array.from({ length: Math.floor(random() * 3) }, () => valueOf(schema.items, name, pool));
  if (schema.type === "boolean") return random() < 0.5;
  if (schema.type === "integer" || schema.type === "number") return Math.floor(random() * 60);
  return pick(["Hello", "a", "äö😀", "ses_abc", "msg_abc", "AAAA", "f".repeat(64)], random);
};

const textOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

const pick = <T>(values: readonly T[], random: () => number): T => {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("expected something to pick from");
  return value;
};
