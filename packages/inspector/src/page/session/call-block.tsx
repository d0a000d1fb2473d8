import { FileView } from "./file-view.tsx";
import { gist, indented } from "./gist.ts";

import type { CallPart } from "@holdfast/core";

/** A tool call: its name, what it was for, how far it has come; opened, its whole input and outcome. */
export const CallBlock = ({ part, report }: { readonly part: CallPart; readonly report: string | undefined }) => {
  const { name, input, changedInput, outcome } = part;
  const state = stateOf(part);
  return (
    <details class={`call ${state.look}`}>
      <summary class="call-line">
        <span class="call-state" aria-hidden="true" />
        <code class="call-name">{name}</code>
        <span class="call-gist">{gist(changedInput ?? input)}</span>
        <span class="call-outcome">{state.word}</span>
      </summary>
      <h4>Input</h4>
      <pre tabIndex={0}>
        <code>{indented(changedInput ?? input)}</code>
      </pre>
      {outcome === undefined ? null : (
        <>
          <h4>{outcome.status === "completed" ? "Result" : "What the model was told"}</h4>
          <pre tabIndex={0}>
            <code>{outcome.content === "" ? "(nothing)" : outcome.content}</code>
          </pre>
        </>
      )}
      {(part.media ?? []).map((file, index) => (
        <FileView key={index} file={file} />
      ))}
      {outcome === undefined && report !== undefined && report !== "" ? <p class="quiet">{report}</p> : null}
    </details>
  );
};

interface CallState {
  readonly look: "waiting" | "running" | "done" | "failed" | "stopped";
  readonly word: string;
}

const stateOf = ({ state, outcome, providerExecuted }: CallPart): CallState => {
  if (outcome === undefined)
    return state === "begun" || providerExecuted === true
      ? { look: "running", word: "begun" }
      : { look: "waiting", word: "called" };
  switch (outcome.status) {
    case "completed":
      return { look: "done", word: "done" };
    case "failed":
      return { look: "failed", word: outcome.kind === "tool-failure" ? "failed" : outcome.kind };
    case "stopped":
      return { look: "stopped", word: outcome.reason };
    default:
      return outcome satisfies never;
  }
};
