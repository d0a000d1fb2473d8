import { HoldfastError } from "@holdfast/core";

import type { QueryKind, Route } from "@holdfast/core/routes";

/** The parts of a request that an argument is made of. */
export interface RequestParts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | null;
}

/**
 * The argument of a method: what path, query, body and header say together (PROTOCOL 1.2). What is said twice is refused; whether it fits
 * is for the schema to say.
 *
 * @throws argument.invalid
 */
export const toArgument = (
  name: string,
  { query: kinds = {} }: Route,
  parts: RequestParts,
): Readonly<Record<string, unknown>> => {
  const members = new Map<string, unknown>(Object.entries(parts.path));
  const add = (member: string, value: unknown): void => {
    if (members.has(member)) throw saidTwice(name, member);
    members.set(member, value);
  };
  for (const [member, text] of parts.query) {
    // One that the route does not know stays a text, for the schema to refuse by its name.
    if (member in parts.body || !Object.hasOwn(kinds, member)) throw notInQuery(name, member);
    add(member, fromText(kinds[member] ?? "text", text));
  }
  for (const [member, value] of Object.entries(parts.body)) {
    if (Object.hasOwn(kinds, member)) throw notInBody(name, member);
    add(member, value);
  }
  if (parts.idempotencyKey !== null) add("idempotencyKey", parts.idempotencyKey);
  return Object.fromEntries(members);
};

const fromText = (kind: QueryKind, text: string): unknown => {
  if (kind === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (kind === "number" && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  return text;
};

const refusal =
  (what: string) =>
  (name: string, member: string): HoldfastError<"argument.invalid"> => {
    const issue = { path: member.slice(0, 80), message: what };
    return new HoldfastError("argument.invalid", {
      message: `${name} was called with arguments that do not fit: ${issue.path}: ${what}. Correct them; nothing was done.`,
      data: { method: name, issues: [issue] },
    });
  };

const saidTwice = refusal("expected once in path, query, body and headers, found twice");
const notInQuery = refusal("expected none such in the query");
const notInBody = refusal("expected in the query, found in the body");
