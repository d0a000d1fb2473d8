import type { FailureClass } from "../../event/failure.ts";
import type { ExecutionId, StepId } from "../../ids/id.ts";
import type { Hash } from "../../ports/hash.ts";

/** Retries of one step, at most. */
export const retryLimit = 4;
/** The pause before a step's first retry, in milliseconds. It doubles with each. */
export const firstRetryMs = 2_000;
/** The longest that a provider's `retry-after` is waited for, in milliseconds. */
export const longestRetryAfterMs = 900_000;

/** An attempt that failed. */
export interface FailedAttempt {
  /** Of the step; of the execution, where a summary was asked for. Chance is drawn from it. */
  readonly stepId: StepId | ExecutionId;
  readonly class: FailureClass;
  /** Retries that the step has had so far. */
  readonly retries: number;
  /** How long the provider asked to wait. */
  readonly retryAfterMs?: number | undefined;
}

/** How a runtime retries. */
export interface RetryTerms {
  readonly limit: number;
  readonly firstMs: number;
  readonly hash: Hash;
}

/** Which retry it is, from 1, and when it is due. */
export interface Retry {
  readonly retry: number;
  readonly delayMs: number;
}

/**
 * Whether the same request may come to more if it is made again: what the provider refused for what it holds, and what is nobody's
 * passing trouble, is refused again.
 */
const mayPass = {
  "rate-limit": true,
  overloaded: true,
  transport: true,
  "incomplete-stream": true,
  "context-overflow": false,
  "content-filter": false,
  authentication: false,
  "invalid-request": false,
  aborted: false,
  "model-unavailable": false,
  "location-unavailable": false,
  "step-limit": false,
  "token-limit": false,
  "cost-limit": false,
  "recovery-limit": false,
  defect: false,
} as const satisfies Record<FailureClass, boolean>;

/**
 * The next retry of a step whose attempt failed; undefined where there is none. The pause doubles from retry to retry, up to half of it
 * is added by chance, so that sessions that failed together do not come back together, and it is never shorter than the provider asked
 * for. Chance is drawn from the step's ID, which the source of IDs made random.
 */
export const scheduleRetry = (failed: FailedAttempt, { limit, firstMs, hash }: RetryTerms): Retry | undefined => {
  if (!mayPass[failed.class] || failed.retries >= limit) return undefined;
  const retry = failed.retries + 1;
  const chance = Number.parseInt(hash(`${failed.stepId} ${retry}`).slice(0, 8), 16) / 2 ** 32;
  const pauseMs = firstMs * 2 ** failed.retries * (1 + chance / 2);
  const askedMs = Math.min(Math.max(failed.retryAfterMs ?? 0, 0), longestRetryAfterMs);
  return { retry, delayMs: Math.round(Math.max(pauseMs, askedMs)) };
};
