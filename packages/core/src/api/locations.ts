import type { Rule } from "../permission/rule.ts";
import type { Location } from "../session/location.ts";

/** A plugin that is set up at a Location. */
export interface PluginInfo {
  readonly name: string;
  readonly version?: string;
  readonly apiLevel: number;
  readonly requires: readonly string[];
}

/** A tool as the model is told of it now. */
export interface ToolInfo {
  readonly name: string;
  readonly description: string;
  /** Name of the plugin that registered it. */
  readonly plugin: string;
  /** SHA-256 of name, description and input schema. */
  readonly definition: string;
}

/** Who taps a hook, how long it takes, and how often it failed: since the plugin was set up. */
export interface TapInfo {
  readonly hook: string;
  readonly plugin: string;
  readonly stage: number;
  readonly before?: string;
  readonly calls: number;
  readonly failures: number;
  /** Of all its calls together, and of the longest one, in milliseconds. */
  readonly totalMs: number;
  readonly longestMs: number;
  /** What its last failure said, where there was one. */
  readonly lastFailure?: string;
}

/** A Location that is open in the runtime that answers. */
export interface LocationInfo {
  readonly location: Location;
  /** When it was opened, in epoch milliseconds. */
  readonly openedTime: number;
  /** How many executions work at it now. */
  readonly users: number;
  /** In the order in which they are set up. */
  readonly plugins: readonly PluginInfo[];
  readonly tools: readonly ToolInfo[];
  /** The rules of the runtime, which hold at every Location. */
  readonly rules: readonly Rule[];
  /** In the order in which the plugins tapped; a hook runs them by stage and `before`. */
  readonly taps: readonly TapInfo[];
}

/** What of a Location's files to list. */
export interface ListFiles {
  readonly directory: string;
  readonly workspaceId?: string | undefined;
  /** A directory in it, relative to its own. Default: its own. */
  readonly path?: string | undefined;
}

/** A name in a directory. What a symbolic link leads to is told only where that is in the Location, too; else it is a `link`. */
export interface FileEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link" | "other";
}

/** The names in a directory of a Location, in their order. */
export interface FileList {
  /** The directory, relative to the Location's, canonical; empty for its own. */
  readonly path: string;
  /** At most 1,000, in the order of their UTF-16 units. */
  readonly entries: readonly FileEntry[];
  /** Whether there are more, of which nothing is told. */
  readonly truncated: boolean;
}

/** The Locations that a runtime has open. One is opened by its first execution, shared, and closed when nobody used it for long. */
export interface Locations {
  /** Those that are open now, in the order of their opening: what this process alone knows. */
  list(): Promise<readonly LocationInfo[]>;
  /**
   * What lies in a directory of a Location, for a person to choose from. Opens nothing, and leads nowhere else: not by "..", and not by
   * a symbolic link.
   *
   * @throws location.not-found where the Location's directory does not exist.
   * @throws location.path-outside where the path leads out of it; location.path-not-found where there is no directory that can be read.
   */
  files(query: ListFiles): Promise<FileList>;
}
