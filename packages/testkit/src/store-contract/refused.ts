import { HoldfastError } from "@holdfast/core";
import { expect } from "vitest";

import { readGround } from "./whole-session.ts";

import type { ErrorCode } from "@holdfast/core";
import type { CommitPlan, Store } from "@holdfast/core/store";

/** Passes where the promise rejects with an error of ours that has the code, and a message for a person. */
export const expectCode = async (work: Promise<unknown>, code: ErrorCode): Promise<void> => {
  const error: unknown = await work.then(
    () => new Error(`expected ${code}, found a promise that was fulfilled`),
    (reason: unknown) => reason,
  );
  if (!HoldfastError.isInstance(error)) throw error;
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/\w+ .*\.$/s);
};

/** Passes where the store refuses the plan with the code, and nothing at all that the plan could change was changed. */
export const expectRefused = async (store: Store, plan: CommitPlan, code: ErrorCode): Promise<void> => {
  const before = await readGround(store, plan);
  await expectCode(store.commit(plan), code);
  expect(await readGround(store, plan)).toEqual(before);
};
