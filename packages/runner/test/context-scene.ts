import { definePlugin } from "@holdfast/core/plugin";
import { planPrune } from "@holdfast/core/store";
import { createMemoryStore, sha256, text } from "@holdfast/testkit";

import { asksForSummary } from "./compacting.ts";
import { openRuntime, shared } from "./stage.ts";
import { ReferenceContext } from "./reference-context.ts";
import { remembering, sourceOf, systemOf, textsOf } from "./told-context.ts";

import type { SessionId } from "@holdfast/core";
import type { PluginContext } from "@holdfast/core/plugin";
import type { Runtime } from "@holdfast/runner";
import type { Said } from "./told-context.ts";

/** What a model was shown of the system context. */
export interface Shown {
  readonly system: string | undefined;
  readonly told: readonly string[];
}

/** A session whose sources say what a test wants, beside the reference that is told the same. */
export class ContextScene implements AsyncDisposable {
  readonly store = createMemoryStore();
  readonly #model = remembering((prompt) => [text(asksForSummary(prompt) ? "Notes." : "Yes.")]);
  readonly #reference = new ReferenceContext();
  readonly #said = new Map<string, Said>();
  readonly #open = new Map<string, Disposable>();
  readonly #places: readonly string[];
  #keys: readonly string[];
  #context: PluginContext["context"] | undefined;
  #runtime: Runtime | undefined;
  #sessionId: SessionId | undefined;
  #moves = 0;
  /** Turns that no summary stands for. */
  #turns = 0;
  #compactions = 0;

  /** @param places Two directories, to move between. */
  constructor(keys: readonly string[], places: readonly string[]) {
    this.#keys = keys;
    this.#places = places;
    for (const key of keys) this.#said.set(key, "1");
  }

  get sessionId(): SessionId {
    if (this.#sessionId === undefined) throw new Error("expected a session, found none yet");
    return this.#sessionId;
  }

  say(key: string, said: Said): void {
    this.#said.set(key, said);
  }

  remove(key: string): void {
    this.#keys = this.#keys.filter((other) => other !== key);
    this.#open.get(key)?.[Symbol.dispose]();
  }

  register(key: string): void {
    if (this.#keys.includes(key)) return;
    this.#keys = [...this.#keys, key];
    this.#register(key);
  }

  async restart(): Promise<void> {
    await this.#runtime?.[Symbol.asyncDispose]();
    this.#runtime = undefined;
    this.#context = undefined;
    await this.#running();
  }

  async move(): Promise<void> {
    // Nothing of the plugin at the other Location is to be there before the session is.
    await this.restart();
    const { sessions } = await this.#running();
    const directory = this.#places[++this.#moves % 2] ?? "";
    await sessions.move({ sessionId: this.sessionId, location: { directory } });
    this.#reference.move();
  }

  /** How many compactions there were. */
  get compactions(): number {
    return this.#compactions;
  }

  /** Puts a summary in the place of all turns but the last one, or of that where it is the only one. */
  async compact(): Promise<void> {
    const { sessions } = await this.#running();
    const { sessionId } = this;
    const { cursor } = await sessions.compact({ sessionId });
    await sessions.wait({ sessionId, after: cursor });
    const state = (await this.store.snapshot(sessionId))?.compaction?.state;
    const expected = this.#turns > 0 ? "ended" : "failed";
    if (state !== expected) throw new Error(`expected a compaction that ${expected}, found ${state}`);
    if (this.#turns === 0) return;
    this.#compactions += 1;
    this.#reference.compact();
    this.#turns = this.#turns > 1 ? 1 : 0;
  }

  async prune(): Promise<void> {
    const plan = await planPrune(this.store, this.sessionId, { policy: { now: 0, keepEvents: 0 }, hash: sha256 });
    if (plan !== null) await this.store.prune(plan);
  }

  /** One turn: what `context()` foresaw, what the model was shown, and what it ought to have been. */
  async prompt(): Promise<Record<"foreseen" | "shown" | "expected", Shown>> {
    const { sessions } = await this.#running();
    const { sessionId } = this;
    const foreseen = await sessions.context({ sessionId });
    const { cursor } = await sessions.prompt({ sessionId, text: `Well? ${"word ".repeat(200)}` });
    await sessions.wait({ sessionId, after: cursor });
    this.#turns += 1;
    this.#reference.boundary(new Map(this.#keys.map((key) => [key, this.#said.get(key)])));
    const prompt = this.#model.prompts.at(-1);
    const system = systemOf(prompt);
    const { system: expected, told } = this.#reference;
    return {
      foreseen: { system: foreseen.instructions, told: toldIn(textsOf(foreseen.messages as typeof prompt)) },
      shown: { system: typeof system === "string" ? system : undefined, told: toldIn(textsOf(prompt)) },
      expected: { system: expected, told },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runtime?.[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
  }

  async #running(): Promise<Runtime> {
    const plugin = definePlugin({
      name: "teller",
      setup: ({ context }) => {
        this.#context = context;
        for (const key of this.#keys) this.#register(key);
      },
    });
    this.#runtime ??= await openRuntime(shared(this.store), {
      model: this.#model.model,
      plugins: [plugin],
      // So much that one turn is kept, and two are not.
      contextTokens: 2_133,
      compaction: { auto: false },
    });
    const location = { directory: this.#places[0] ?? "" };
    this.#sessionId ??= (await this.#runtime.sessions.create({ location })).id;
    return this.#runtime;
  }

  /** Before the Location is open, the plugin registers all when it is set up. */
  #register(key: string): void {
    if (this.#context !== undefined)
      this.#open.set(key, this.#context.register(sourceOf(key, () => this.#said.get(key))));
  }
}

const toldIn = (texts: readonly string[]): readonly string[] =>
  texts.filter((line) => line.startsWith("<system-update>"));
