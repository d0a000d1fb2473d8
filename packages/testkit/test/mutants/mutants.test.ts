import { describeStore } from "@holdfast/testkit/contract";
import { describe, expect, it } from "vitest";

import { storeCases } from "../../src/store-contract/describe-store.ts";
import { commitMutants } from "./commit-mutants.ts";
import { readMutants } from "./read-mutants.ts";
import { sharedMemory } from "./shared-memory.ts";
import { sharedMutants } from "./shared-mutants.ts";

import type { StoreSubject } from "@holdfast/testkit/contract";

/** What the cases of a law whose titles begin so throw; "it did not end" where they do not end. */
const failuresOf = async (subject: StoreSubject, law: string, by: string): Promise<readonly string[]> => {
  const proofs = storeCases(subject).filter((proof) => proof.law === law && proof.title.startsWith(by));
  expect(proofs.map(({ notRun }) => notRun)).toEqual([undefined]);
  const failures: string[] = [];
  for (const proof of proofs) {
    const late = new Promise<never>((_, reject) => setTimeout(reject, 15_000, new Error("it did not end")).unref());
    await Promise.race([proof.run(), late]).catch((error: unknown) => failures.push(String(error)));
  }
  return failures;
};

// What the mutants are copies of passes: the memory store in its own test, and the one that several may have open here.
describeStore("memory that several have open", sharedMemory());

describe("a store with a fault", () => {
  for (const { name, law, by, subject } of [...commitMutants, ...readMutants, ...sharedMutants]) {
    it(`is found by law ${law}: ${name}`, { timeout: 30_000 }, async () => {
      // An expectation of the suite's, or a typed refusal of the store's: nothing that merely broke down.
      const failures = await failuresOf(subject, law, by);
      expect(failures).toHaveLength(1);
      expect(failures[0]).toMatch(/^(AssertionError|HoldfastError|Error: expected (store|session))/);
    });
  }
});
