import { isJsonObject } from "../json/json-value.ts";
import { toOutputRef } from "../output/output-ref.ts";
import { hashFloor } from "../store/hash-floor.ts";
import { maxOutputBytes } from "../store/output.ts";
import { fromBase64 } from "./base64.ts";
import { malformedLine } from "./export-line.ts";
import { referredOutputs } from "./referred-outputs.ts";

import type { Blob } from "../event/blob-ref.ts";
import type { SealedEnvelope } from "../event/envelope.ts";
import type { Hash } from "../ports/hash.ts";
import type { AdmissionRow } from "../store/plan.ts";
import type { Floor, FrozenMessage } from "../store/floor.ts";
import type { ImportBatch } from "../store/import-batch.ts";
import type { OutputKey } from "../store/output.ts";
import type { ExportLine } from "./export-line.ts";

type LineOf<TKind extends ExportLine["kind"]> = ExportLine & { readonly kind: TKind };

/** An output as its windows came in. */
export interface ReceivedOutput {
  readonly key: OutputKey;
  readonly content: () => Uint8Array;
}

interface OpenOutput {
  readonly key: OutputKey;
  readonly size: number;
  readonly windows: Uint8Array[];
  received: number;
}

const order: readonly ExportLine["kind"][] = ["manifest", "admission", "message", "event", "blob", "output", "end"];

/** A session that comes in line by line, each kind in its turn. */
export class ReceivedSession {
  #manifest: LineOf<"manifest"> | null = null;
  #end: LineOf<"end"> | null = null;
  #last: ExportLine["kind"] = "manifest";
  readonly #admissions: AdmissionRow[] = [];
  readonly #messages: FrozenMessage[] = [];
  readonly #events: SealedEnvelope[] = [];
  readonly #blobs: Blob[] = [];
  readonly #outputs: OpenOutput[] = [];

  /** Whether the end was read. */
  get ended(): boolean {
    return this.#end !== null;
  }

  /** @throws import.malformed where such a line cannot come here. */
  take(line: ExportLine, number: number): void {
    if (this.ended) throw malformedLine(number, "nothing after the end", line.kind);
    if ((this.#manifest === null) !== (line.kind === "manifest")) {
      throw malformedLine(number, this.#manifest === null ? "a manifest" : "no second manifest", line.kind);
    }
    if (order.indexOf(line.kind) < order.indexOf(this.#last)) {
      throw malformedLine(number, `what may follow on ${this.#last}`, line.kind);
    }
    this.#last = line.kind;
    if (line.kind === "manifest") this.#manifest = line;
    else if (line.kind === "admission") this.#admissions.push(line.admission);
    else if (line.kind === "message") this.#messages.push(line.message);
    else if (line.kind === "event") this.#events.push(line.event);
    else if (line.kind === "blob") this.#blobs.push({ hash: line.hash, bytes: line.bytes, text: line.text });
    else if (line.kind === "output") this.#takeOutput(line, number);
    else this.#end = line;
  }

  /** @throws import.malformed where it is not whole. */
  close(number: number, hash: Hash): { readonly batch: ImportBatch; readonly outputs: readonly ReceivedOutput[] } {
    const manifest = this.#manifest;
    if (manifest === null || this.#end === null) throw malformedLine(number, "the end of an export", "nothing more");
    this.#assertCounts(this.#end, number - 1);
    const last = this.#events.at(-1) ?? manifest.floor;
    if (last?.seq !== manifest.head.seq || last.hash !== manifest.head.hash) {
      throw malformedLine(number - 1, `events up to ${manifest.head.seq}`, `them up to ${last?.seq ?? "none"}`);
    }
    const floor = manifest.floor as Floor | undefined;
    assertFloorHash(manifest, floor, hash);
    const batch: ImportBatch = {
      sessionId: manifest.sessionId,
      ...(floor === undefined ? {} : { floor: { floor, messages: this.#messages } }),
      events: this.#events,
      blobs: this.#blobs,
      admissions: this.#admissions,
      as: "replica",
    };
    assertFork(batch, manifest.head.seq, number - 1);
    this.#assertReferred(batch, number - 1);
    return { batch, outputs: this.#outputs.map(({ key, windows }) => ({ key, content: () => join(windows) })) };
  }

  #assertReferred(batch: ImportBatch, number: number): void {
    if (this.#outputs.length === 0) return;
    const referred = referredOutputs(batch);
    const other = this.#outputs.map(({ key }) => toOutputRef(key)).find((reference) => !referred.has(reference));
    if (other !== undefined) throw malformedLine(number, "outputs that the session refers to", other);
  }

  #assertCounts(end: LineOf<"end">, number: number): void {
    const found = {
      messages: this.#messages.length,
      events: this.#events.length,
      blobs: this.#blobs.length,
      outputs: this.#outputs.length,
    };
    for (const [what, count] of Object.entries(found)) {
      const expected = end[what as keyof typeof found];
      if (count !== expected) throw malformedLine(number, `${expected} ${what} before the end`, String(count));
    }
    const open = this.#outputs.find(({ size, received }) => size !== received);
    if (open !== undefined) throw malformedLine(number, `${open.size} bytes of an output`, String(open.received));
  }

  #takeOutput({ sessionId, callId, attempt, size, offset, data }: LineOf<"output">, number: number): void {
    const bytes = fromBase64(data);
    if (bytes === null) throw malformedLine(number, "base64", "another text");
    if (offset === 0) this.#outputs.push({ key: { sessionId, callId, attempt }, size, windows: [], received: 0 });
    const open = this.#outputs.at(-1);
    const isNext =
      open?.key.sessionId === sessionId &&
      open.key.callId === callId &&
      open.key.attempt === attempt &&
      open.received === offset;
    if (!isNext || open.size !== size || offset + bytes.length > size || size > maxOutputBytes) {
      throw malformedLine(number, "the next window of an output", `one at ${offset} of ${size} bytes`);
    }
    open.windows.push(bytes);
    open.received += bytes.length;
  }
}

const assertFloorHash = (manifest: LineOf<"manifest">, floor: Floor | undefined, hash: Hash): void => {
  const floorHash = floor === undefined ? undefined : hashFloor(floor, hash);
  if (manifest.floorHash === floorHash) return;
  throw malformedLine(1, `the hash ${floorHash ?? "of no floor"}`, manifest.floorHash ?? "none");
};

/** A stretch may end before the boundary that a fork names; a whole log may not. */
const assertFork = ({ events }: ImportBatch, head: number, number: number): void => {
  const forkedFrom = events[0]?.data["forkedFrom"];
  const seq = isJsonObject(forkedFrom) ? Number(forkedFrom["seq"]) : -1;
  if (seq > head) throw malformedLine(number, "a fork up to a place in its log", `one up to ${seq}`);
};

const join = (windows: readonly Uint8Array[]): Uint8Array => {
  const joined = new Uint8Array(windows.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const bytes of windows) {
    joined.set(bytes, offset);
    offset += bytes.length;
  }
  return joined;
};
