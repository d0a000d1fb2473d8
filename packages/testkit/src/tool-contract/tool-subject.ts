import type { JsonObject, JsonValue } from "@holdfast/core";
import type { Plugin } from "@holdfast/core/plugin";
import type { ReplayPolicy } from "@holdfast/core/tool";

/**
 * The suite's eyes and hands at a port. A world's port passes each of its operations through it, so that the suite sees them, and makes them
 * slow, fail, or the last ones of their process.
 */
export interface CallWatch {
  /** Does one operation, if it lets it. What is released for good, such as an open file, passes by it. */
  around<T>(operation: string, work: () => Promise<T>): Promise<T>;
}

/** All that a tool could change, by name; equal values are equal worlds. Nothing in it may depend on when or where it was made. */
export type WorldSnapshot = Readonly<Record<string, JsonValue>>;

/** What a tool works on: new for each case, and empty until the case sets it up. */
export interface ToolWorld extends AsyncDisposable {
  /** The Location's directory. */
  readonly directory: string;
  /** The plugin with the tool, as a new process makes it, with its ports behind the watch. */
  readonly plugin: (watch: CallWatch) => Plugin;
  /** Looks past the watch. */
  readonly snapshot: () => Promise<WorldSnapshot>;
}

/** One call that works, in a world that is set up for it. */
export interface ToolCase<TWorld extends ToolWorld = ToolWorld> {
  /** In the titles, after the name of the tool. */
  readonly name: string;
  readonly input: JsonObject;
  readonly setup?: (world: TWorld) => Promise<void> | void;
  /** Other setups, in which the call would end in another way: nothing there, other content. A denied call tells none of them apart. */
  readonly otherwise?: readonly ((world: TWorld) => Promise<void> | void)[];
  /** Puts something else in the place of what was approved, such as a link that leads out. */
  readonly swap?: (world: TWorld) => Promise<void> | void;
  /** Whether a failure's message says which part was done. Default: none does; a tool does all or nothing. */
  readonly saysPartial?: (message: string) => boolean;
  /** Whether the call takes 10 s at least where nothing interrupts it. Then that is all that it is for. Default false. */
  readonly isLong?: boolean;
}

/** A tool that the suite is run on. What does not apply to it is said, with the reason, and listed by the suite. */
export interface ToolSubject<TWorld extends ToolWorld = ToolWorld> {
  /** As the plugin registers it. */
  readonly tool: string;
  /** What it is declared to be; the suite holds it to that. */
  readonly replay: ReplayPolicy;
  readonly open: () => Promise<TWorld>;
  readonly cases: readonly ToolCase<TWorld>[];
  /** Inputs that the tool's schema refuses. */
  readonly invalid: readonly JsonValue[];
  /** Names of the world that a process may leave behind when it is killed, such as a temporary file's. Default: none. */
  readonly isLeftover?: (name: string) => boolean;
  /** Names of the world that no call may change, whatever is swapped. Default: all of them. */
  readonly isGuarded?: (name: string) => boolean;
  /** Codes of errors that the port's operations fail with. Default: EACCES, ENOSPC, EIO. */
  readonly faultCodes?: readonly string[];
  /**
   * Why no operation of the tool passes a port of its world, which leaves the laws `faults` and `swaps` nothing to try. That none does is
   * checked; and, where this is not given, that one does in each case, since the laws would hold of nothing.
   */
  readonly usesNoPort?: string;
  /** Laws that are not run, by name (`faults`), each with the reason. */
  readonly notRun?: Readonly<Partial<Record<ToolLaw, string>>>;
}

/** The laws of a tool, by their names in titles. */
export type ToolLaw = "schema" | "approval" | "phases" | "cancellation" | "bounds" | "replay" | "faults" | "swaps";
