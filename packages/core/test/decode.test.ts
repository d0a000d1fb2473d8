import { hash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { decodeEvent } from "../src/event/decode.ts";
import { envelopeText, genesisHash, sealEnvelope } from "../src/event/envelope.ts";
import { canonicalJson } from "../src/json/canonical.ts";
import { parseJson } from "../src/json/parse.ts";
import { sealPlan } from "../src/store/seal-plan.ts";

import type { EventDraft } from "../src/event/catalogue.ts";
import type { Envelope, SealedEnvelope } from "../src/event/envelope.ts";
import type { CommitPlan } from "../src/store/plan.ts";

const sha256 = (text: string): string => hash("sha256", text);

const envelope = (overrides: Partial<Record<keyof Envelope, unknown>> = {}): Envelope =>
  ({
    id: "evt_1",
    sessionId: "ses_a",
    seq: 3,
    type: "text.ended",
    version: 1,
    time: 1_767_225_600_000,
    fence: 1,
    prevHash: genesisHash,
    data: { messageId: "msg_1", position: 0, text: "Hello" },
    ...overrides,
  }) as Envelope;

const sealed = (overrides?: Partial<Record<keyof Envelope, unknown>>): SealedEnvelope =>
  sealEnvelope(envelope(overrides), sha256).sealed;

const draft = (data: object): EventDraft =>
  ({ id: "evt_1", type: "interrupt.requested", version: 1, time: 1, data }) as EventDraft;

const plan = (events: readonly EventDraft[]): CommitPlan => ({ sessionId: "ses_a", events }) as CommitPlan;

describe("decodeEvent", () => {
  it("gives a known event back with its envelope and its data", () => {
    expect(decodeEvent(sealed())).toEqual(sealed());
  });

  it("refuses an unknown type with an error that names it, its version and its place", () => {
    expect(() => decodeEvent(sealed({ type: "acme.shipped", version: 4 }))).toThrow(
      expect.objectContaining({
        code: "event.unknown-type",
        message: expect.stringMatching(/"acme\.shipped" version 4/),
        data: { type: "acme.shipped", version: 4, seq: 3, sessionId: "ses_a" },
      }),
    );
  });

  it("refuses a known type in a version that it does not know", () => {
    expect(() => decodeEvent(sealed({ version: 2 }))).toThrow(expect.objectContaining({ code: "event.unknown-type" }));
  });

  it.each(["toString", "__proto__"])("refuses the type %s like any unknown one", (type) => {
    expect(() => decodeEvent(sealed({ type }))).toThrow(expect.objectContaining({ code: "event.unknown-type" }));
  });

  it.each([{ type: "acme.shipped" }, { version: 2 }])(
    "passes over %j where the event says that it may",
    (overrides) => {
      expect(decodeEvent(sealed({ ...overrides, ignorable: true }))).toBeNull();
    },
  );

  it("passes over no event that it knows, even an ignorable one", () => {
    expect(decodeEvent(sealed({ ignorable: true }))).toMatchObject({ type: "text.ended" });
  });

  it.each([
    ["a member is missing", { messageId: "msg_1", position: 0 }],
    ["a member is unknown", { messageId: "msg_1", position: 0, text: "a", extra: 1 }],
    ["a member has another type", { messageId: "msg_1", position: "0", text: "a" }],
    ["an ID is of another kind", { messageId: "ses_1", position: 0, text: "a" }],
    ["a number is out of range", { messageId: "msg_1", position: -1, text: "a" }],
    ["a blob's hash is none", { messageId: "msg_1", position: 0, text: { $blob: "abc", bytes: 1 } }],
  ])("refuses data in which %s, and says where the event stands", (_, data) => {
    expect(() => decodeEvent(sealed({ data }))).toThrow(
      expect.objectContaining({
        code: "event.invalid-data",
        data: { type: "text.ended", sessionId: "ses_a", seq: 3 },
      }),
    );
  });

  it("refuses bad data of an ignorable event that it knows", () => {
    expect(() => decodeEvent(sealed({ data: {}, ignorable: true }))).toThrow(
      expect.objectContaining({ code: "event.invalid-data" }),
    );
  });
});

describe("envelopes", () => {
  it.each([
    ["of an owner", {}],
    ["of anyone", { fence: null }],
    ["that is ignorable", { ignorable: true }],
    ["of a plugin's type", { type: 'acme."quoted"\n' }],
    ["at the extremes", { seq: Number.MAX_SAFE_INTEGER, time: -1 }],
  ])("%s have the canonical JSON of RFC 8785 as their text", (_, overrides) => {
    const value = envelope(overrides);
    const text = envelopeText({ ...value, ignorable: value.ignorable === true, dataText: canonicalJson(value.data) });
    expect(text).toBe(canonicalJson({ ...value }));
    expect(sealEnvelope(value, sha256).sealed.hash).toBe(sha256(text));
  });

  it("come back from their stored text with the same hash, keys called __proto__ included", () => {
    const parsed = parseJson('{"__proto__":{"a":1},"b":2}');
    const { sealed: first, dataText } = sealEnvelope(envelope({ data: parsed.ok ? parsed.value : null }), sha256);
    const again = parseJson(dataText);
    expect(dataText).toBe('{"__proto__":{"a":1},"b":2}');
    expect(sealed({ data: again.ok ? again.value : null }).hash).toBe(first.hash);
  });
});

describe("sealPlan", () => {
  it("gives events the next places after the head, each chained to the one before", () => {
    const drafts = [draft({ executionId: "exe_1" }), draft({ executionId: "exe_1" })];
    const [first, second] = sealPlan(plan(drafts), { seq: 4, hash: "a".repeat(64) }, sha256);
    expect(first?.sealed).toMatchObject({ seq: 5, prevHash: "a".repeat(64), fence: null });
    expect(second?.sealed).toMatchObject({ seq: 6, prevHash: first?.sealed.hash });
  });

  it("starts a log at seq 0 after 64 zeros", () => {
    const [first] = sealPlan(plan([draft({ executionId: "exe_1" })]), null, sha256);
    expect(first?.sealed).toMatchObject({ seq: 0, prevHash: "0".repeat(64) });
  });

  it("refuses a draft that does not fit its type", () => {
    expect(() => sealPlan(plan([draft({ executionId: "exe_1", extra: 1 })]), null, sha256)).toThrow(
      expect.objectContaining({
        code: "event.invalid-data",
        data: { type: "interrupt.requested", sessionId: "ses_a" },
      }),
    );
  });
});
