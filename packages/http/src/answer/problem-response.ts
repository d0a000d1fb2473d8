import type { Problem } from "@holdfast/core/wire";

/** A problem as an answer. Those that may pass say when to come again. */
export const problemResponse = (problem: Problem, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      ...(problem.retryable && problem.status === 503 ? { "retry-after": "1" } : {}),
      ...(problem.status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...headers,
    },
  });
