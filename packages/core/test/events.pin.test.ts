import { hash } from "node:crypto";

import { expect, it } from "vitest";
import * as z from "zod";

import { boundaryOf, eventCatalogue, isEventType, isOwnerOnly } from "../src/event/catalogue.ts";
import { canonicalJson } from "../src/json/canonical.ts";

import type { EventDefinition } from "../src/event/define-event.ts";
import type { JsonValue } from "../src/json/json-value.ts";

// What stands in every log that was ever written: SHA-256 over the canonical JSON of each type's version, owner-only flag,
// boundary and JSON schema. A released version's shape is closed. To change one: raise its version, add the upcast from the
// version before and a fixture of it, and only then copy the hash that the test found. A new type is a new line. Where every
// hash differs at once, zod's rendering changed: compare z.toJSONSchema of old and new zod before copying any.
const pins = {
  "session.created": "8c2a5c67946f2c5d0afcb72110ed15aec4b4d2f9fd7a723d174b79bb9e184897",
  "input.admitted": "36729e6f1852d0185154550a7ac1843832d3c42e1ebbe8fd3384b1541fcfd6fd",
  "input.promoted": "37959326572342b30950486192ba3a63757e8df62667cda8aa38027c1167ab28",
  "execution.started": "819e65e0987654682b0b5cbe82b028733fab5ef907d1f4b39864c55647def94a",
  "execution.recovered": "5eee372d12dc2815e5f5883beb579cba066ce88f61c44af582599dc5490652b7",
  "execution.ended": "977ffbf1dff6c484617611825921df37313a500514d6cf210242dfb99208bfe6",
  "interrupt.requested": "6bec9cdf7d1f5d6f79c5e88b935a1d6ba83e4b96934385fb4a09d84edfb46df1",
  "step.started": "e7356326a0fdf7aaad2a70db6833aee596f2312a934481cdc62cd7af914a9290",
  "step.ended": "1b4230e3f9c7b6a8bc148058edb4b0de318eb60fdf89059f08b0c98bcb5e0c28",
  "step.failed": "caf903e6fb72b763de1a1a41a43fb3d93ef184f97b420c06a50a5301a6ba5b6b",
  "attempt.started": "799c162b55135c08a463c8dde1686add230c58163afda2403878690768643f2c",
  "attempt.ended": "33716acdd24f795842b226e936449497de82eea9b6d82f91916a5c3c9e2c0e37",
  "retry.scheduled": "41d3d7e088517a797ac387efddc863e76376af6d2b77da2367449ca5f3fb5e13",
  "text.ended": "f3771fa7b2e1c73b6786876eb79f43a516162822db0dff56a63919b59696d172",
  "reasoning.ended": "090bb74794a2ea7e16545c90b0839b9e3a939d7c32b54fcdb7858193c4dc62b1",
  "tool.called": "7419302781d62070bfd3b6a50d10a50d43f795e5c6eaaa74e67ae02e48b34401",
  "tool.begun": "b363c8d7e1ed7a8eed48df26e537df20166cb64a77932955a716d4d9faa2a50d",
  "tool.settled": "362b1c6c90b50b7ef950fb3c1574e1a11d7169c32c3b2362495f470b51f77d30",
};

const pinOf = (definition: EventDefinition): string => {
  const { type, version, ownerOnly, boundary = null, data } = definition;
  const schema = z.toJSONSchema(data, { unrepresentable: "any" }) as JsonValue;
  return hash("sha256", canonicalJson({ type, version, ownerOnly, boundary, schema }));
};

it("keeps the type, version, owner, boundary and shape of every durable event as pinned", () => {
  const found = Object.fromEntries(
    Object.entries(eventCatalogue).map(([type, definition]) => [type, pinOf(definition)]),
  );
  expect(found).toEqual(pins);
});

it.each(Object.entries(eventCatalogue))("lists %s under its own type", (type, definition) => {
  expect(definition.type).toBe(type);
  expect(type).toMatch(/^[a-z]+\.[a-z]+$/);
});

it("marks each durable boundary by the events that docs name for it", () => {
  const marks = Object.keys(eventCatalogue).flatMap((type) => {
    const boundary = boundaryOf(type);
    return boundary === undefined ? [] : [`${boundary} ${type}`];
  });
  expect(marks.toSorted()).toEqual([
    "B0 input.admitted",
    "B1 input.promoted",
    "B2 attempt.started",
    "B3 tool.called",
    "B4 tool.begun",
    "B5 tool.settled",
    "B6 step.ended",
    "B6 step.failed",
    "B7 execution.ended",
  ]);
});

it("lets anyone create, admit and interrupt, and only the owner write the rest", () => {
  const anyone = Object.keys(eventCatalogue).filter((type) => isEventType(type) && !isOwnerOnly(type));
  expect(anyone.toSorted()).toEqual(["input.admitted", "interrupt.requested", "session.created"]);
});

it("takes no inherited name of an object for a type", () => {
  expect(["toString", "__proto__", "constructor", ""].filter(isEventType)).toEqual([]);
  expect(boundaryOf("toString")).toBeUndefined();
});
