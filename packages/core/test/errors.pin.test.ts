import { hash } from "node:crypto";

import { describe, expect, it, vi } from "vitest";

import { errorCatalogue } from "../src/errors/catalogue.ts";
import { HoldfastError } from "../src/errors/holdfast-error.ts";
import { canonicalJson } from "../src/json/canonical.ts";

// Codes, statuses and retryability are what callers branch on. A new code: run the test, read the difference in the catalogue,
// and copy the hash that it found. A code that is gone, or whose status changed: a major version, and a line in the changeset.
const cataloguePin = "40014124c37f8081677d5c009e04ebe2017da393bb541083744be1916844415c";

describe("error catalogue", () => {
  it("keeps every code, status and retryability as pinned", () => {
    const facts = Object.fromEntries(
      Object.entries(errorCatalogue).map(([code, { status, retryable }]) => [code, { status, retryable }]),
    );
    expect(hash("sha256", canonicalJson(facts))).toBe(cataloguePin);
  });

  it.each(Object.entries(errorCatalogue))(
    "spells %s as <area>.<kebab>, with a title and an HTTP error status",
    (code, entry) => {
      expect(code).toMatch(/^[a-z]+\.[a-z]+(?:-[a-z]+)*$/);
      expect(entry.title).toMatch(/^[A-Z].*[^.]$/);
      expect(entry.status).toBeGreaterThanOrEqual(400);
      expect(entry.status).toBeLessThan(600);
    },
  );
});

describe("HoldfastError", () => {
  const cause = new Error("disk");
  const error = new HoldfastError("store.busy", { message: "Wait.", data: { path: "/a" }, cause });

  it("is an Error with code, data, cause, and the status and retryability of its code", () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "HoldfastError",
      code: "store.busy",
      message: "Wait.",
      data: { path: "/a" },
      cause,
    });
    expect([error.status, error.retryable]).toEqual([503, true]);
  });

  it("has empty data and no cause where none was given", () => {
    const bare = new HoldfastError("store.closed", { message: "Closed." });
    expect(bare.data).toEqual({});
    expect(Object.hasOwn(bare, "cause")).toBe(false);
  });

  it("crosses a wire as code, message and data, without stack and cause", () => {
    expect(JSON.parse(JSON.stringify(error))).toEqual({ code: "store.busy", message: "Wait.", data: { path: "/a" } });
  });
});

describe("HoldfastError.isInstance", () => {
  it("recognises the errors of another copy of core, which instanceof does not", async () => {
    vi.resetModules();
    const copy = await import("../src/errors/holdfast-error.ts");
    const foreign = new copy.HoldfastError("input.conflict", { message: "Used." });
    expect(foreign).not.toBeInstanceOf(HoldfastError);
    expect(HoldfastError.isInstance(foreign)).toBe(true);
    expect(HoldfastError.isInstance(foreign, "input.conflict")).toBe(true);
    expect(copy.HoldfastError.isInstance(new HoldfastError("store.io", { message: "Failed." }))).toBe(true);
  });

  it("tells codes apart where one is named", () => {
    const error = new HoldfastError("store.io", { message: "Failed." });
    expect(HoldfastError.isInstance(error, "store.io")).toBe(true);
    expect(HoldfastError.isInstance(error, "store.full")).toBe(false);
  });

  it.each([
    ["a plain Error", new Error("a")],
    ["something of the same shape", { name: "HoldfastError", code: "store.io", message: "a", data: {} }],
    ["null", null],
    ["undefined", undefined],
    ["a text", "store.io"],
  ])("does not take %s for one", (_, value) => {
    expect(HoldfastError.isInstance(value)).toBe(false);
  });
});
