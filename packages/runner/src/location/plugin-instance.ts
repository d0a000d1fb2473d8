import { HoldfastError } from "@holdfast/core";

import { AsyncCleanUps } from "../clean-ups.ts";
import { reasonOf } from "../reason-of.ts";
import { answerWithin } from "./answer-within.ts";
import { bindHooks } from "./bind-hooks.ts";
import { UseCount } from "./use-count.ts";

import type { Location } from "@holdfast/core";
import type { Plugin, PluginContext, PluginDisposer } from "@holdfast/core/plugin";
import type { Services } from "../services.ts";
import type { Observer } from "./bind-hooks.ts";
import type { ContextRegistry } from "./context-registry.ts";
import type { TapRecord } from "./tap-record.ts";
import type { Registrar, ToolRegistry } from "./tool-registry.ts";

const closeLimitMs = 5_000;

/** Where a plugin is set up. */
export interface PluginPlace {
  readonly location: Location;
  readonly tools: ToolRegistry;
  readonly context: ContextRegistry;
  readonly services: Services;
  /** Called where a plugin that is listed contributes something later than in its `setup`. */
  readonly onChange: () => void;
}

/** One plugin at one Location: what it contributed, kept as data, and its end. Nothing of it counts before it is listed. */
export class PluginInstance implements Registrar, AsyncDisposable {
  readonly plugin: Plugin;
  readonly uses = new UseCount();
  readonly taps: TapRecord[] = [];
  readonly observers: Observer[] = [];
  readonly #place: PluginPlace;
  readonly #closing = new AbortController();
  readonly #scope = new AsyncCleanUps();
  #isListed = false;

  constructor(plugin: Plugin, place: PluginPlace) {
    this.plugin = plugin;
    this.#place = place;
  }

  get isListed(): boolean {
    return this.#isListed;
  }

  /** Makes what it contributed count, or no longer. */
  list(isListed: boolean): void {
    this.#isListed = isListed;
  }

  /** @throws plugin.setup-failed, and what is thrown of ours; then it is closed by whoever called. */
  async setUp(): Promise<void> {
    const { location, services } = this.#place;
    const { clock, disposal, limits } = services;
    const { plugin } = this;
    let setting: Promise<PluginDisposer | void> | undefined;
    try {
      const dispose = await answerWithin(() => (setting = (async () => plugin.setup(this.#context()))()), {
        clock,
        limitMs: limits.setupMs,
        signal: disposal,
        late: () => new Error(`it did not answer within ${limits.setupMs} ms`),
      });
      if (dispose !== undefined) this.#scope.defer(async () => dispose());
    } catch (error) {
      // One that is given up and answers later is closed then.
      setting?.then((dispose) => dispose?.()).catch(() => undefined);
      if (HoldfastError.isInstance(error)) throw error;
      throw new HoldfastError("plugin.setup-failed", {
        message: `Setting up plugin "${plugin.name}" at ${location.directory} failed: ${error instanceof Error ? error.message : String(error)}. Fix the plugin, or leave it out.`,
        data: { plugin: plugin.name, directory: location.directory },
        cause: error,
      });
    }
  }

  /** Resolves when no call of its tools and no tap of its runs any more, or when these have had their time. From here on it contributes nothing. */
  async rested(): Promise<void> {
    this.#isListed = false;
    if (this.uses.count > 0) await this.#within(this.uses.idle(), this.#place.services.limits.graceMs);
  }

  /**
   * Closes it: its signal aborts and its disposer is called. One that throws or hangs is reported and left behind; this never rejects.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const { location, services } = this.#place;
    const report = { plugin: this.plugin.name, directory: location.directory };
    this.#isListed = false;
    for (const observer of this.observers) observer.close();
    this.#closing.abort(new Error(`plugin ${this.plugin.name} was closed`));
    const closed = this.#scope[Symbol.asyncDispose]().catch((error: unknown) =>
      services.logger.error("closing a plugin failed", { ...report, reason: reasonOf(error) }),
    );
    if (!(await this.#within(closed, closeLimitMs)))
      services.logger.error("closing a plugin took too long", { ...report, limitMs: closeLimitMs });
  }

  /** Whether something was over before the limit. */
  async #within(work: Promise<void>, limitMs: number): Promise<boolean> {
    const limit = new AbortController();
    const late = this.#place.services.clock.sleep(limitMs, limit.signal).then(
      () => false,
      () => false,
    );
    const isInTime = await Promise.race([work.then(() => true), late]);
    limit.abort();
    return isInTime;
  }

  #context(): PluginContext {
    const { location, services, tools, context } = this.#place;
    return {
      location: { ...location },
      hooks: bindHooks({
        plugin: this.plugin.name,
        directory: location.directory,
        services,
        uses: this.uses,
        add: (record, observer) => {
          this.#assertOpen("tapped a hook");
          this.taps.push(record);
          if (observer !== undefined) this.observers.push(observer);
          this.#contributed();
        },
      }),
      tools: {
        register: (tool) => {
          this.#assertOpen("registered a tool");
          const registration = tools.register(tool, this);
          this.#scope.defer(() => registration[Symbol.dispose]());
          return registration;
        },
      },
      context: {
        register: (source) => {
          this.#assertOpen("registered a context source");
          const registration = context.register(source, this);
          this.#scope.defer(() => registration[Symbol.dispose]());
          return registration;
        },
      },
      rules: services.rules,
      signal: this.#closing.signal,
      log: services.logger,
    };
  }

  #contributed(): void {
    if (this.#isListed) this.#place.onChange();
  }

  #assertOpen(what: string): void {
    if (!this.#closing.signal.aborted) return;
    throw new HoldfastError("plugin.invalid", {
      message: `Plugin "${this.plugin.name}" ${what} after it was closed. Stop when ctx.signal aborts.`,
      data: { plugin: this.plugin.name },
    });
  }
}
