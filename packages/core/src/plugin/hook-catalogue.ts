import type { DecidingHook, HookName, PrecedingHook } from "./hooks.ts";

/** What a hook promises: hosts keep it, and the reference is made from it. */
export interface HookPromise {
  /**
   * `decides`: the taps run one after the other, and each may change the outcome. `precedes`: they run one after the other, and are waited
   * for. `watches`: each is told by itself, and changes nothing.
   */
  readonly kind: "decides" | "precedes" | "watches";
  readonly when: string;
  readonly order: string;
  /** What becomes of the matter where a tap throws, takes too long or answers what cannot be read. */
  readonly failure: string;
  /** Whether such a failure refuses what the hook is about. Else it goes on, as it was before that tap. */
  readonly failsClosed: boolean;
  /** What it means that a tap answers nothing. */
  readonly silence: string;
  /** How long one tap may take, in milliseconds. */
  readonly limitMs: number;
  /** For whom it is there: no hook is added without two real users. */
  readonly users: readonly [string, string];
}

type Kind<THook extends HookName> = THook extends DecidingHook
  ? "decides"
  : THook extends PrecedingHook
    ? "precedes"
    : "watches";

const byStage = "By stage, then in the order of the plugins.";
const asBefore = "What the tap was to change stays as it was before it, and the next tap goes on from there.";
const unlooked = "Nothing: what it answers is not looked at.";

/** What each hook promises. */
export const hookCatalogue = {
  opening: {
    kind: "precedes",
    when: "After plugins were set up at a Location, when it opens or when they are added to it, and before anything of theirs counts. Only taps of these plugins are called.",
    order: byStage,
    failure: "The Location is not opened, or the change of plugins is not made: all that came with it is closed again.",
    failsClosed: true,
    silence: unlooked,
    limitMs: 30_000,
    users: [
      "A bridge to tool servers, which connects to them when all plugins are there, and refuses where a server that is needed does not answer.",
      "A guard that works only in directories that are checked out, and refuses any other.",
    ],
  },
  opened: {
    kind: "watches",
    when: "After what plugins contributed counts at a Location. Only taps of these plugins are called.",
    order: "Each tap by itself.",
    failure: "It is reported to the log, and changes nothing.",
    failsClosed: false,
    silence: unlooked,
    limitMs: 10_000,
    users: [
      "A search index, which begins to read the directory without keeping the first prompt waiting.",
      "A status page of a host, which lists what is open.",
    ],
  },
  closing: {
    kind: "precedes",
    when: "Before plugins are closed: with their Location, or since they are removed or replaced. Their calls have ended or had their time, and their signals have not aborted. Only taps of these plugins are called.",
    order: "By stage, then in the reverse order of the plugins.",
    failure: "It is reported to the log, and the closing goes on.",
    failsClosed: false,
    silence: unlooked,
    limitMs: 5_000,
    users: [
      "An audit log, which writes what it holds while all that it may ask is still there.",
      "A bridge to tool servers, which takes its leave of them before any of its plugins is closed.",
    ],
  },
  contextCollecting: {
    kind: "decides",
    when: "At each safe boundary, before the sources of the system context are loaded; and whenever `context()` shows what a request would be.",
    order: `${byStage} Each may add sources, leave some out, and put them in another order, which is that of a baseline.`,
    failure: `${asBefore} Until it answers again, no source that is missing is taken to be gone.`,
    failsClosed: false,
    silence: "The sources stay as they were.",
    limitMs: 5_000,
    users: [
      "tools-fs, which adds the `AGENTS.md` of a folder once a file in it was read.",
      "A host for teams, which leaves out for one agent what is only meant for another.",
    ],
  },
  toolsCollecting: {
    kind: "decides",
    when: "For each request to a model, before it is assembled, and again where the session changed meanwhile; and whenever `context()` shows what a request would be. So it does nothing beside its answer.",
    order: `${byStage} Each may leave tools out and put them in another order; a call of one that was left out is a call of an unknown tool.`,
    failure: asBefore,
    failsClosed: false,
    silence: "The tools stay as they were.",
    limitMs: 5_000,
    users: [
      "A planning mode, which leaves out the tools that write.",
      "A bridge with hundreds of tools, which shows a model those that fit its agent.",
    ],
  },
  requestPreparing: {
    kind: "decides",
    when: "For each request to a model, that for a summary included, after it was assembled and before it is recorded and made: `attempt.started`, or `compaction.started`, records its hash as assembled, and as `hookedHash` that of what the taps made of it. Also again where the session changed meanwhile, and whenever `context()` shows what a request would be. So it does nothing beside its answer.",
    order: `${byStage} Each may change the messages, but part no call from its result, and add options for the provider.`,
    failure: asBefore,
    failsClosed: false,
    silence: "The request stays as it was.",
    limitMs: 5_000,
    users: [
      "A redactor, which takes secrets out of what leaves the machine.",
      "A cache planner, which marks for its provider what stays the same.",
    ],
  },
  toolCallPreparing: {
    kind: "decides",
    when: "Before the input of a call is checked against its tool's schema. A call that had begun before is not prepared again.",
    order: `${byStage} Each may change the input; what comes of it is checked, shown, asked for, and recorded in \`tool.begun\`.`,
    failure: `${asBefore} So a call may run with the input as its model wrote it: what must hold, such as a sandbox, belongs into the tool, or refuses in \`toolCallAuthorizing\` what came without it.`,
    failsClosed: false,
    silence: "The input stays as it was.",
    limitMs: 5_000,
    users: [
      "A repairer of what small models get wrong, such as a number that is written as a text.",
      "A host with defaults of its own, such as a time zone or a branch, which puts them where the model named none.",
    ],
  },
  toolCallAuthorizing: {
    kind: "decides",
    when: "Before a call begins, after its input was checked and the rules were asked.",
    order: `${byStage} Each may only tighten, allow < ask < deny, so that no order of taps loosens a denial.`,
    failure: "The call is denied.",
    failsClosed: true,
    silence: "The call stays as it was.",
    limitMs: 10_000,
    users: [
      "A guard of a company, which has a person asked before anything is published.",
      "A classifier of commands, which denies what rules cannot describe.",
    ],
  },
  toolResultShaping: {
    kind: "decides",
    when: "After a call was run, completed or failed, and before the central bound. What a tool has kept by itself as an output is not shaped.",
    order: `${byStage} Each may change the text that the model is shown and the structured value; a failure stays a failure.`,
    failure: asBefore,
    failsClosed: false,
    silence: "The result stays as it was.",
    limitMs: 5_000,
    users: [
      "A redactor, which takes secrets out of what commands print.",
      "A language server, which adds what an edit broke to its result.",
    ],
  },
  compactionPreparing: {
    kind: "decides",
    when: "Before a summary of the conversation's older part is asked for, once for each compaction. An attempt that is retried is not prepared again.",
    order: `${byStage} Each may add instructions, and texts that stand below the summary as they are; none takes away what is there.`,
    failure: asBefore,
    failsClosed: false,
    silence: "The compaction stays as it was.",
    limitMs: 5_000,
    users: [
      "A plan or a list of open tickets, whose identifiers must survive word for word.",
      "A company's rules of what summaries must say, such as who decided what.",
    ],
  },
  eventsCommitted: {
    kind: "watches",
    when: "After this process committed events of a session at this Location; at most once for each.",
    order:
      "Each tap is told of commits one after the other, in their order, and waits for no other tap. At most 1,000 wait for one; what comes then is dropped, and reported.",
    failure: "It is reported to the log, and changes nothing.",
    failsClosed: false,
    silence: unlooked,
    limitMs: 10_000,
    users: [
      "A notifier, which says that an answer is there or that somebody is asked.",
      "A meter, which passes usage and cost on.",
    ],
  },
} as const satisfies { readonly [THook in HookName]: HookPromise & { readonly kind: Kind<THook> } };
