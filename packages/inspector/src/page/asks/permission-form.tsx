import { useState } from "preact/hooks";

import type { AskShown } from "@holdfast/core/event";
import type { AskFormProps } from "./ask-form-props.ts";

/** May a tool do what it is about to do: once, from now on, or not. */
export const PermissionForm = ({
  shown,
  isBusy,
  onAnswer,
}: AskFormProps & { readonly shown: Extract<AskShown, { readonly kind: "permission" }> }) => {
  const [feedback, setFeedback] = useState("");
  const { tool, action, resources, always, preview } = shown;
  const deny = (): void =>
    onAnswer({ kind: "permission", reply: "deny", ...(feedback.trim() === "" ? {} : { feedback: feedback.trim() }) });
  return (
    <>
      <h3>
        Allow <code>{tool}</code>
        {tool === action ? "" : ` to ${action}`}?
      </h3>
      <ul class="resources">
        {resources.map((resource) => (
          <li key={resource}>
            <code>{resource}</code>
          </li>
        ))}
      </ul>
      {preview === undefined ? null : (
        <pre tabIndex={0} class="preview">
          <code>{typeof preview === "string" ? preview : JSON.stringify(preview, null, 2)}</code>
        </pre>
      )}
      <div class="answers">
        <button
          type="button"
          class="primary"
          disabled={isBusy}
          onClick={() => onAnswer({ kind: "permission", reply: "once" })}
        >
          Allow once
        </button>
        {always.length === 0 ? null : (
          <button
            type="button"
            disabled={isBusy}
            title={`From now on, in this project: ${always.join(", ")}`}
            onClick={() => onAnswer({ kind: "permission", reply: "always" })}
          >
            Always allow <code>{always.join(", ")}</code>
          </button>
        )}
        <span class="deny">
          <input
            type="text"
            aria-label="Why not, for the model"
            placeholder="Why not? The model is told."
            maxLength={10_000}
            value={feedback}
            onInput={(event) => setFeedback(event.currentTarget.value)}
          />
          <button type="button" class="danger" disabled={isBusy} onClick={deny}>
            Deny
          </button>
        </span>
      </div>
    </>
  );
};
