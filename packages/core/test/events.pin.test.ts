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
  "session.created": "4c4c37dc65b3efc452eb618ba4cc9483d89fcc277d7adcb5599e421e8a32b9f4",
  "session.updated": "48e46035c2d8d659ce33db2aca831220fe1c31fdee30d56d83b5a06da94af96f",
  "session.moved": "d09bf4bb78c3799ebeff34801f1458b92b61d2f091801ed9430ce24519bb7490",
  "session.deleted": "9672abbdf5a66904c90f99b434b4b2b36c67fd5d9ff88e114bdf0374cb4d2ee6",
  "input.admitted": "e03650eac1a9c7ca59d613c9d32495b7dcce06eeb64ee00a57e8f0b87ece25ea",
  "input.promoted": "37959326572342b30950486192ba3a63757e8df62667cda8aa38027c1167ab28",
  "input.replaced": "b42477f5de86a1cf65cc82510c9b8c0b4c3c3e3e78043be23e7574623ff8e2ae",
  "input.withdrawn": "d9c6d902c8d087b36c16b4df43f137b7bc2ee5642b69c504e7d3db41472f994b",
  "execution.started": "819e65e0987654682b0b5cbe82b028733fab5ef907d1f4b39864c55647def94a",
  "execution.recovered": "c9fa165f107090c47852c7761533568d2bb2a101faf679d3d4b7efb7bf10616f",
  "execution.ended": "14ede73b5defb27beb65f483d3c31c970745f4e2f425a5dd289ae9f24e509c0b",
  "interrupt.requested": "6bec9cdf7d1f5d6f79c5e88b935a1d6ba83e4b96934385fb4a09d84edfb46df1",
  "step.started": "ef42db554fe435a459359182e61229c6862f039646c47a1d7b903d8db8f93bbd",
  "step.ended": "1b4230e3f9c7b6a8bc148058edb4b0de318eb60fdf89059f08b0c98bcb5e0c28",
  "step.failed": "b807fd3155cbf2b3a9ffc5d22433113e812eb3146b4faf85dabf2b6476703f95",
  "attempt.started": "31f0d8c3444e350f754e4f343f42e51639b69168a61ab0ed5ef68d84305b0d74",
  "attempt.ended": "7516e93285357063ef8c8c41bc0c29695689a5c56d8146194031c63287cafc59",
  "retry.scheduled": "8a59c40c869249e7bdd8882cf28a85b78e9766e8bab089210cda94709960f768",
  "text.ended": "f3771fa7b2e1c73b6786876eb79f43a516162822db0dff56a63919b59696d172",
  "reasoning.ended": "090bb74794a2ea7e16545c90b0839b9e3a939d7c32b54fcdb7858193c4dc62b1",
  "tool.called": "ff4d679d41ecde4458292b787f6ebed9964d9d1c95472939ba04f2b94a1b43f3",
  "tool.begun": "b070440df18e6187964d082de379c472097ebf505f4b9c49b7f118e19720a434",
  "tool.settled": "85492a2431a323dd0920649b2644d927d31ef09e1b2d03b1c28ad68f8506f96d",
  "ask.opened": "81458d3c4c620979a56ea23c8f9d42d72bdced81b8faef303e61ce55301cceea",
  "ask.answered": "7aa9dc8534b89978e15029ce1b06dfcecb7e7e8923a3c5c5bc66fda8fb496e94",
  "ask.expired": "51448c1d4885191282458b71818d87e8e6e77403a3e00b7a7aedabb5e5b36dbc",
  "todo.updated": "b207822b803a19c0cb9b9d65aca04e1c3e2d6341b148bef277f8fb83217b1b77",
  "compaction.started": "d835f50ae7270183fc8cdc5cf79703a6a8cc009fc2878e0d81365dc93ed04d6d",
  "compaction.ended": "9ef7734dff98468fd26d07201e20b8956c1b5c174194058ade5826baf34de017",
  "compaction.failed": "df35818cbbc87f96cc1e973011502fbf434870838fcc3da7b6453414f6a652e7",
  "context.admitted": "e416914741e88d4aeb1623301c74e2d7ba56341e499999b3740cb99738fafe0b",
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

it("lets anyone change the session and its inbox, answer and interrupt, and only the owner write the rest", () => {
  const anyone = Object.keys(eventCatalogue).filter((type) => isEventType(type) && !isOwnerOnly(type));
  expect(anyone.toSorted()).toEqual([
    "ask.answered",
    "ask.expired",
    "input.admitted",
    "input.replaced",
    "input.withdrawn",
    "interrupt.requested",
    "session.created",
    "session.deleted",
    "session.moved",
    "session.updated",
  ]);
});

it("takes no inherited name of an object for a type", () => {
  expect(["toString", "__proto__", "constructor", ""].filter(isEventType)).toEqual([]);
  expect(boundaryOf("toString")).toBeUndefined();
});
