import type { ModelRef } from "../session/model-ref.ts";

/** A model that the host offers. */
export interface ModelInfo {
  /** What `create`, `update` and `prompt` take as `model`. */
  readonly ref: ModelRef;
  /** What a person reads, where the host says it. */
  readonly title?: string;
  /** How many tokens a request may hold, where that is known. */
  readonly contextTokens?: number;
  /** Whether it is the one that sessions get which name none. */
  readonly isDefault: boolean;
  /** Names of the agents that use it where nothing else is said. */
  readonly agents: readonly string[];
}

/** The models that can be chosen. */
export interface Models {
  /**
   * The runtime's default, those of its agents, and those that its host lists beside them, each once, in this order. One that the host's own
   * function does not know is left out. Others may be usable: the function is asked, not the list.
   */
  list(): Promise<readonly ModelInfo[]>;
}
