import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import * as args from "../src/arguments.ts";
import * as errors from "../src/errors.ts";
import * as event from "../src/event.ts";
import * as history from "../src/history.ts";
import * as index from "../src/index.ts";
import * as plugin from "../src/plugin.ts";
import * as routes from "../src/routes.ts";
import * as session from "../src/session.ts";
import * as store from "../src/store.ts";
import * as tool from "../src/tool.ts";
import * as wire from "../src/wire.ts";

// Every name that users can import, values and types. A name that is missing here became public by accident; a name that is
// missing there is a breaking change. Both are decided, and then written down here by hand.
const names = (text: string): readonly string[] => text.split(/\s+/).filter((name) => name !== "");

const entries = {
  arguments: {
    namespace: args,
    values: names(`argumentSchemas metadataSchema parseArguments sealableModelRefSchema wellFormedSchema`),
    types: names(`ArgumentName`),
  },
  errors: {
    namespace: errors,
    values: names(`HoldfastError errorCatalogue`),
    types: names(`ErrorCode ErrorData ErrorEntry HoldfastErrorOptions`),
  },
  event: {
    namespace: event,
    values: names(`
      askAnswerSchema askQuestionSchema askShownSchema blobsOf boundaryOf decodeEvent envelopeText eventCatalogue
      genesisHash inlineBlobs inlinedBytes isEventType isOwnerOnly maxInlineBytes mostContextSources mostSummaryBytes
      noUsage sealEnvelope toTextValue todoListSchema utf8Bytes
    `),
    types: names(`
      AskAnswer AskExpiredReason AskKind AskQuestion AskShown AttemptStatus Blob BlobRef Boundary CallOutcome
      CallVerdict CompactionReason Delivery DurableEvent Envelope EventDataOf EventDefinition EventDraft EventType
      ExecutionOutcome Failure FailureClass InputFile InputKind ReadBlob ReplayPolicy SealedEnvelope StopReason
      StoredEnvelope TextValue Todo ToldSource Usage
    `),
  },
  history: {
    namespace: history,
    values: names(`History`),
    types: names(`ScheduledRetry`),
  },
  index: {
    namespace: index,
    values: names(`
      HoldfastError askIdSchema assertCursorInLog callIdSchema canonicalJson createIdSource deepFreeze deniesOf
      effectSchema errorCatalogue evaluate eventIdSchema executionIdSchema fromCursor isJsonObject isJsonValue
      jsonObjectSchema jsonValueSchema locationKey locationSchema matchesPattern messageIdSchema modelRefSchema
      ownerIdSchema parseJson ruleSchema rulesText sessionIdSchema silentLogger stepIdSchema storeIdSchema stricter
      toCursor toWellFormed toWellFormedJson
    `),
    types: names(`
      ActiveSession AnswerAsk AnswerReceipt AskId AskInfo AskPage Asks AssistantMessage Binding BlockPart CallForecast
      CallId CallPart Clock Compact ContextMessage ContextTool CreateSession Cursor CursorPosition DeleteOutcome
      Effect ErrorCode ErrorData ErrorEntry Evaluation EventId EventItem EventsQuery ExecutionId Explanation
      FaultPoints FileEntry FileList ForkOrigin ForkSession Hash Holdfast HoldfastErrorOptions HostedResult Id IdOf
      IdPrefix IdSource ImportOutcome ImportSession InputChange InputDisposition Interrupt InterruptOutcome JsonObject
      JsonValue ListAsks ListFiles ListSessions LiveEvent Location LocationInfo LocationOption Locations LogView
      Logger Message MessageFile MessageId MessagePage MessagesQuery ModelInfo ModelRef Models MoveSession
      OutputWindow Outputs OwnerId ParsedJson PendingInput PermissionRequest PluginInfo Prompt Receipt
      RecoveryForecast RecoveryInfo ReleaseOutcome ReplaceInput Rest ResumeOutcome Rule SessionContext SessionId
      SessionInfo SessionPage Sessions StepId StoreId SystemMessage TapInfo ToolInfo UpdateSession UserMessage
      WaitOutcome WithdrawInput
    `),
  },
  plugin: {
    namespace: plugin,
    values: names(`
      createLocationHooks definePlugin hookCatalogue isPlugin orderPlugins pluginApiLevel readAnswer readContextSource
    `),
    types: names(`
      CallAuthorization CallPreparation CollectedTool CommittedEvents CompactionPreparation CompletedCall
      ContextCollection ContextQuery ContextSource DecidingHook HookArgument HookName HookPromise HookResult
      LocationHooks Plugin PluginContext PluginDefinition PluginDisposer PluginHooks PluginsAtLocation PrecedingHook
      RequestMessage RequestPreparation ResultShape Tap TapOrder ToolsCollection
    `),
  },
  routes: {
    namespace: routes,
    values: names(`routes`),
    types: names(`AnswerName EventPage Problem QueryKind Route RouteName`),
  },
  session: {
    namespace: session,
    values: names(`
      History activityChoice admitInput askIdentity baselineOf budgetFailure callKey callVerdict chooseCut
      compactionEnd compactionLimits compactionStreakLimit decideContext failureLimit firstRetryMs forkEvents
      grantedBudget isAsking isCompactionDue isFreshFor isUnanswered keptTexts mergeWakes nextWork observeSource
      overflowRecovery planPromotions probeVerdict project recoveryAskOf recoveryLimit repeatedFailures replaceInput
      requestedCompactions retryLimit scheduleRetry selectPromotions spentBudget standingOf stricterReplay
      summaryPrompt takeClaim tightestBudget updateOf
    `),
    types: names(`
      ActivityChoice ActivityUse AdmissionEnvironment AskSubject AskView Budget BudgetGrants BudgetLimit
      CallForecastVerdict CompactionEnd CompactionLimits Consent ContextAdmission ContextState Cut CutGround
      FailedAttempt ForkTarget Found InputReplacement LastCompaction NewInput Observation OpenCall Overflow OwnerState
      ProbeTerms ReplayTerms Retry RetryTerms ScheduledRetry SpentBudget Standing StepGround StepPromotions Summary
      SummaryOutcome SummaryPrompt SummarySource Wake Work
    `),
  },
  store: {
    namespace: store,
    values: names(`
      RowSet adoptRows assertClaim assertExpectedSeq assertFloor assertInboxRoom assertKnown assertNotDeleted
      assertNotReplica assertPage assertSameAdmission assertWindow blobMissing checkImport compareRows conditionFailed
      describeChange exportFormat exportLines exportVersion fenceFault floorRowsOf freezeMessage frozenMessages
      hashFloor hashFrozen importLines isDeletion isOpenAt isSettled maxAsksPerPage maxEventsPerPage
      maxMessagesPerPage maxOutputBytes needsFence outputChunks outputSize planPrune prepareDraft pruneSessions
      readLog readTombstone rowOfFrozen rowsAbove sealPlan sealPrepared selectApprovals selectAsks sessionDeleted
      sharesBeginning tableKeys tableNames thawMessage verifySession wholeOutput
    `),
    types: names(`
      AdmissionCheck AdmissionRow AdoptPorts AdoptRow Adoption Approval ApprovalKey AskQuery AskRow AttemptRow
      BlockRow CallRow Change CheckedImport ClaimChange ClaimRow ClaimView CommitPlan CommitResult CompactionRow
      ContextRow DeleteRow DirtyListener ExecutionRow Fence FenceFault Finding Floor FloorGround FrozenFinding
      FrozenMessage HistoryPage ImportBatch ImportGround ImportLinesOptions ImportResult ImportedLines InputRow
      InsertRow LogHead MessageRow OutputContent OutputKey OutputPage OutputPieces OwnerRecord PreparedDraft PrunePlan
      PrunePolicy PruneReport PruneResult ReplicaRow RequireRow RowFilter RowSnapshot Rows Scalar SealedDraft
      SessionQuery SessionRow SessionSnapshot SetAside StepRow Store StoreCapabilities TableName TodoRow UpdateRow
      Verification Workload
    `),
  },
  tool: {
    namespace: tool,
    values: names(`
      ToolFailure boundText characterBoundary defineTool fromOutputRef imageFactsOf imageLimits imageTypeOf isTool
      maxStructuredBytes shownLimits toOutputRef
    `),
    types: names(`
      BoundText CallMedia CallOutputs CallTodos ExecuteContext ImageFacts OutputContent OutputPieces PermissionAssertion
      PrepareContext ProbeContext ProbeResult ReplayPolicy SalvageContext ShownLimits Todo Tool ToolContext
      ToolDefinition ToolQuestion
    `),
  },
  wire: {
    namespace: wire,
    values: names(`answerSchemas durableEventSchema liveEventSchema noticeSchema problemSchema routes`),
    types: names(`AnswerName EventPage Problem QueryKind Route RouteName`),
  },
};

const source = join(import.meta.dirname, "../src");
const read = (path: string): string => readFileSync(path, "utf8").replaceAll(/\/\/.*$/gm, "");

const typesOf = (entry: string): readonly string[] =>
  [...read(join(source, `${entry}.ts`)).matchAll(/export type \{([^}]*)\}/g)].flatMap((match) =>
    (match[1] ?? "").split(",").flatMap((name) => names(name)),
  );

/** Every module that runs when an entry is imported: relative ones followed, packages by their names. */
const loadedBy = (entry: string): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } => {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    files.add(path);
    for (const target of targetsOf(read(path))) {
      if (target.startsWith(".")) visit(join(dirname(path), target));
      else packages.add(target);
    }
  };
  visit(join(source, `${entry}.ts`));
  return { files, packages };
};

/** What a module's text imports or exports from, but for types alone: static, for its effects, and dynamic. */
const targetsOf = (text: string): readonly string[] =>
  [
    ...text.matchAll(/^(?:import|export)\b(?!\s+type\b)[^"';]*?\bfrom\s*"([^"]+)"/gm),
    ...text.matchAll(/\bimport\s*\(?\s*"([^"]+)"/g),
  ].map((match) => match[1] ?? "");

describe.each(Object.entries(entries))("entry %s", (entry, { namespace, values, types }) => {
  it("exports exactly the pinned values", () => {
    expect(Object.keys(namespace).toSorted()).toEqual(values);
  });

  it("exports exactly the pinned types", () => {
    expect(typesOf(entry).toSorted()).toEqual(types);
  });

  it("lists every name one by one", () => {
    expect(read(join(source, `${entry}.ts`))).not.toMatch(/export\s+\*|export\s+default/);
  });
});

describe.each(["index", "event", "tool"])("entry %s", (entry) => {
  it("loads nothing but zod beside core: no module of Node and no tapable, so that it runs in a browser", () => {
    expect([...loadedBy(entry).packages]).toEqual(["zod"]);
  });
});

it("the entry history loads no package at all, so that it is light in a browser", () => {
  expect([...loadedBy("history").packages]).toEqual([]);
});

it("walks imports as far as they go", () => {
  expect([...loadedBy("plugin").packages]).toContain("tapable");
  expect(loadedBy("event").files.size).toBeGreaterThan(10);
});
