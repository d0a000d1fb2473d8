import { observeSource } from "@holdfast/core/session";

import { createSeededIds } from "../seeded-ids.ts";
import { sha256 } from "../sha256.ts";
import { within } from "./within.ts";

import type { ContextQuery, ContextSource } from "@holdfast/core/plugin";

/** What a source says to the model, within the bounds of a runtime. */
export interface StagedSource {
  /** At the beginning of an epoch, or where it is new. */
  readonly baseline: string;
  /** Where the model knows another value. */
  readonly update: string;
  /** When it is gone. */
  readonly removal: string;
}

/** How long a source may take, as in a runtime, in milliseconds. */
const loadMs = 5_000;

const ids = createSeededIds(process.pid);

/** Loads and renders a source as a runtime does; undefined where it has nothing to tell. Rejects where a runtime has it as unavailable. */
export const tellSource = async (
  source: ContextSource | undefined,
  {
    key,
    directory,
    query = {},
  }: { readonly key: string; readonly directory: string; readonly query?: Partial<ContextQuery> | undefined },
): Promise<StagedSource | undefined> => {
  if (source === undefined)
    throw new TypeError(`expected the plugin to have registered the source "${key}", found none`);
  const usual: ContextQuery = {
    sessionId: ids.next("ses"),
    location: Object.freeze({ directory }),
    agent: "default",
    tools: [],
    effectOf: () => "allow",
    time: 1_767_225_600_000,
    signal: new AbortController().signal,
  };
  const asked = Object.freeze({ ...usual, ...query });
  const value = await within(`the source "${key}"`, loadMs, () => source.load(asked));
  const observation = observeSource(source, value, { knownHash: undefined, hash: sha256 });
  if (observation.found !== "value") return undefined;
  const { text: baseline, update = baseline, removal } = observation.told;
  return { baseline, update, removal };
};
