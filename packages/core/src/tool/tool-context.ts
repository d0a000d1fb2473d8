import type { OutputContent } from "../store/output-content.ts";
import type { Todo } from "../event/todo-events.ts";
import type { CallId, MessageId, SessionId } from "../ids/id.ts";
import type { JsonObject, JsonValue } from "../json/json-value.ts";
import type { OutputWindow } from "../output/output-window.ts";
import type { Logger } from "../ports/logger.ts";
import type { Location } from "../session/location.ts";

/** What both phases of a call know. */
export interface ToolContext {
  readonly sessionId: SessionId;
  readonly agent: string;
  readonly messageId: MessageId;
  readonly callId: CallId;
  /** Same for every attempt of this call's effect: hand it to a service that recognises repeated requests. */
  readonly effectKey: string;
  readonly location: Location;
  /** Aborts when the call is interrupted, its deadline passes or its owner loses the session. Check it before each effect. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Shows a live fragment to whoever watches. Never stored. */
  progress(update: JsonObject): void;
}

/** What `permission.assert` is asked. */
export interface PermissionAssertion {
  /** What would be done: usually the tool's name, as rules spell it. */
  readonly action: string;
  /** What it would be done to, each checked by itself. */
  readonly resources: readonly string[];
  /**
   * Patterns of resources that a person who answers "always" approves for the project. Default: the resources that hold no `*` and no `?`.
   * Where none is left, nobody can answer "always".
   */
  readonly always?: readonly string[] | undefined;
  /** What a person is shown of what is about to be done, such as a diff. The answer is for this and nothing else. At most 256 KiB. */
  readonly preview?: JsonValue | undefined;
}

/** A question for a person. */
export interface ToolQuestion {
  /** 1 to 2,000 characters. */
  readonly question: string;
  /** A few words that name it: at most 80 characters. */
  readonly header?: string | undefined;
  /** At most 20. Default: none. */
  readonly options?: readonly { readonly label: string; readonly description?: string | undefined }[] | undefined;
  /** Whether more than one option may be chosen. Default false. */
  readonly multiple?: boolean | undefined;
  /** Whether an answer in words of one's own is possible. Default true. */
  readonly custom?: boolean | undefined;
}

/** Where a call keeps more than can be shown of it, and reads what others have kept. */
export interface CallOutputs {
  /**
   * Keeps all that there is to keep of the call, in place of what was kept of it before: at most 64 MiB. Returns its reference,
   * `tool-output://…`, which the call's outcome then carries; the runtime keeps nothing of the shown text by itself.
   *
   * @throws argument.invalid for more than 64 MiB, and what the store and the pieces throw.
   */
  keep(content: OutputContent): Promise<string>;
  /**
   * A window of an output that the results of this session refer to: of its own calls, or, in a fork, of its source's. Begins at the first
   * whole character at or after `offset`, 0 by default, and has at most `limit` bytes, 1 to 51,200, the default.
   *
   * @throws output.not-found for what is not there, or belongs to another session.
   */
  read(
    reference: string,
    window?: { readonly offset?: number | undefined; readonly limit?: number | undefined },
  ): Promise<OutputWindow>;
}

/** What a call gives the model beside its text. */
export interface CallMedia {
  /**
   * Adds a file, such as an image, to what the model gets where the call completes; otherwise it is dropped. A model that does not take its
   * media type is told so in its place.
   *
   * @throws argument.invalid for more files, or more bytes of them as base64, than an input of a person may have: by default 32 and 20 MiB.
   */
  attach(file: { readonly mediaType: string; readonly name?: string | undefined; readonly content: Uint8Array }): void;
}

/** What the session keeps track of as to be done. */
export interface CallTodos {
  /**
   * Puts a list in place of the session's whole one. Durable when it resolves; to do it again is harmless.
   *
   * @throws argument.invalid for more than 200 items, 500 characters in one, or 64 KiB as JSON; `signal.reason` once the call was told to stop.
   */
  update(items: readonly Todo[]): Promise<void>;
}

/** `prepare` resolves, reads and asks, and changes nothing. */
export interface PrepareContext extends ToolContext {
  readonly permission: {
    /**
     * Returns where every resource is allowed, by the rules, by a saved approval, or by a person, who is asked where the rules say so;
     * that may take days, and another process. Otherwise it ends the call, and nothing after it runs.
     */
    assert(assertion: PermissionAssertion): Promise<void>;
  };
  /**
   * Asks a person 1 to 10 questions, and returns what was chosen or said for each, in their order. Where they are dismissed, the activity is
   * interrupted; where nobody can be asked, or nobody answers in time, the call ends. Nothing after it runs then. Where the rules would ask
   * for the tool itself, the answer is enough; where they deny it, nobody is asked.
   */
  readonly ask: (request: { readonly questions: readonly ToolQuestion[] }) => Promise<readonly (readonly string[])[]>;
}

/** `execute` acts, and asks nothing. */
export interface ExecuteContext extends ToolContext {
  /** The effect as it was recorded before this started; null for a tool without `prepare`. */
  readonly effect: JsonValue;
  /** 1 for the first time. What runs again does so with the effect that was recorded. */
  readonly attempt: number;
  readonly outputs: CallOutputs;
  readonly media: CallMedia;
  readonly todos: CallTodos;
}

/** `probe` observes, changes nothing and asks nothing. */
export interface ProbeContext extends ToolContext {
  /** Which beginning it looks for: 1 for the first one. */
  readonly attempt: number;
}

/** What `salvage` is told of a call of an earlier process. */
export interface SalvageContext extends Pick<ToolContext, "sessionId" | "callId" | "location" | "signal" | "log"> {
  /** The effect as it was recorded, perhaps by another version of the tool. */
  readonly effect: JsonValue;
  readonly outputs: Pick<CallOutputs, "keep">;
}
