import { webMutants } from "./web-mutants.ts";
import { wireMutants } from "./wire-mutants.ts";

import type { Mutant } from "./mutant.ts";

const project = "packages/core/src/session/project";
const storeTest = "packages/testkit/test/memory-store.test.ts";
const projectTest = "packages/core/test/project.test.ts";

/** Programs that break a promise each, and look right. */
export const mutants: readonly Mutant[] = [
  {
    name: "promote twice",
    edits: [
      {
        file: `${project}/project-input.ts`,
        find: 'where: { messageId: data.messageId, kind: "prompt", state: "pending", awake: 1 },',
        replace: 'where: { messageId: data.messageId, kind: "prompt", awake: 1 },',
      },
      {
        file: `${project}/project-input.ts`,
        find: 'row: { sessionId, messageId: data.messageId, seq, role: "user" } },',
        replace: 'row: { sessionId, messageId: data.messageId, seq, role: "user" }, orKeep: true },',
      },
    ],
    caughtBy: { file: projectTest, title: "a second promotion" },
  },
  {
    name: "settle after a fence",
    edits: [
      {
        file: "packages/core/src/event/tool-events.ts",
        find: '{ ownerOnly: true, boundary: "B5" },',
        replace: '{ ownerOnly: false, boundary: "B5" },',
      },
    ],
    caughtBy: { file: storeTest, title: "refuses tool.settled of an owner whose claim another took" },
  },
  {
    name: "ask answered twice",
    edits: [
      {
        file: `${project}/project-ask.ts`,
        find: 'where: { askId: data.askId, state: "open", ...identity },',
        replace: "where: { askId: data.askId, ...identity },",
      },
    ],
    caughtBy: { file: projectTest, title: "a second answer" },
  },
  {
    name: "fence unchecked on one path",
    edits: [
      {
        file: "packages/core/src/store/seal-plan.ts",
        find: 'plan.claim?.action !== "take" &&\n  (plan.claim?.action === "release" ||',
        replace: "plan.claim === undefined &&\n  (plan.claim === null ||",
      },
    ],
    caughtBy: { file: storeTest, title: "refuses a release that is not the live owner's" },
  },
  {
    name: "ask inside execute",
    edits: [
      {
        file: "packages/runner/src/session/run-call.ts",
        find: "{ ...context, effect: prepared.effect, attempt, outputs, media, todos",
        replace:
          "{ ...context, permission: { assert: async () => {} }, effect: prepared.effect, attempt, outputs, media, todos",
      },
    ],
    caughtBy: {
      file: "packages/runner/test/intent.test.ts",
      title: "a tool that executes is handed nothing to ask with",
    },
  },
  {
    name: "lost wake",
    edits: [
      {
        file: "packages/runner/src/session/coordinator.ts",
        find: "running.wanted = mergeWakes(running.wanted, wake);",
        replace: "running.wanted = undefined;",
      },
    ],
    caughtBy: {
      file: "packages/runner/test/coordinator.test.ts",
      title:
        "of the work is reported once, and the wakes that came meanwhile make one more try, which is for all of them",
    },
  },
  {
    name: "execute before begun",
    edits: [
      {
        file: "packages/runner/src/session/run-call.ts",
        find: '  await commitClosing(lane, [lane.draft("tool.begun", data, blobs)], { callId, blobs });',
        replace:
          '  setTimeout(() => void commitClosing(lane, [lane.draft("tool.begun", data, blobs)], { callId, blobs }), 20);',
      },
    ],
    caughtBy: {
      file: "packages/runner/test/intent.test.ts",
      title: "the beginning of a call is durable before a tool with a preparation executes",
    },
  },
  {
    name: "double terminal",
    edits: [
      {
        file: `${project}/project-execution.ts`,
        find: '        where: { executionId: data.executionId, state: "open" },\n        set: { state: "ended",',
        replace: '        where: { executionId: data.executionId },\n        set: { state: "ended",',
      },
    ],
    caughtBy: { file: projectTest, title: "a second end" },
  },
  {
    name: "retry after durable output into the same message",
    edits: [
      {
        file: "packages/runner/src/session/begin-step.ts",
        find: "message.messageId === last.messageId && message.content.length > 0,",
        replace: "message.messageId === last.messageId && message.content.length > 1_000,",
      },
    ],
    caughtBy: {
      file: "packages/runner/test/retries.test.ts",
      title: "keeps the partial answer; the model is asked to continue, and answers in a new message",
    },
  },
  {
    name: "steer past the cutoff",
    edits: [
      {
        file: "packages/core/src/session/decide/select-promotions.ts",
        find: "input.awake === 1 && input.seq <= cutoffSeq",
        replace: "input.awake === 1 && cutoffSeq >= 0",
      },
    ],
    caughtBy: {
      file: "packages/core/test/decide.test.ts",
      title: "promotes up to the cutoff, and what stands at it",
    },
  },
  {
    name: "claim given up before its terminal event other than at rest or dispose",
    edits: [
      {
        file: "packages/runner/src/session/run-execution.ts",
        find: '    await lane.commit([ended], { claim: { action: "release" }, conditional: true });',
        replace: "    await lane.giveUp();\n    await lane.commit([ended], { conditional: true });",
      },
    ],
    caughtBy: {
      file: "packages/runner/test/intent.test.ts",
      title: "a claim is held in every commit until the one that ends its execution, and released by that",
    },
  },
  {
    name: "execution completed with input pending",
    edits: [
      {
        file: `${project}/project-execution.ts`,
        find: 'if (data.outcome === "completed") {',
        replace: 'if (data.outcome === "completed" && changes.length > 5) {',
      },
    ],
    caughtBy: { file: projectTest, title: "completion while awake input waits" },
  },
  {
    name: "repeat what must never be",
    edits: [
      {
        file: "packages/core/src/session/decide/call-verdict.ts",
        find: '  never: "unknown",',
        replace: '  never: "repeat",',
      },
    ],
    caughtBy: { file: "packages/runner/test/laws-replay.test.ts", title: "recorded never, never today" },
  },
  {
    name: "believe that nothing happened while its process may still act",
    edits: [
      {
        file: "packages/core/src/session/decide/probe-verdict.ts",
        find: 'found === "not" && isOwnerGone',
        replace: 'found === "not"',
      },
    ],
    caughtBy: {
      file: "packages/runner/test/probes.test.ts",
      title: "that did not happen yet is unknown where its process may still be at work",
    },
  },
  {
    name: "run here what its provider was to run",
    edits: [
      {
        file: "packages/runner/src/session/open-calls.ts",
        find: "isHosted: called?.data.providerExecuted === true",
        replace: "isHosted: called?.data.name === undefined",
      },
    ],
    caughtBy: {
      file: "packages/runner/test/hosted-calls.test.ts",
      title: "hosted calls that were never answered settle as infrastructure after a crash, and do not run here",
    },
  },
  ...wireMutants,
  ...webMutants,
];
