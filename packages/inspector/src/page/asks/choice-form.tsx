import type { AskAnswer, AskShown } from "@holdfast/core/event";
import type { AskFormProps } from "./ask-form-props.ts";

type Shown = Extract<AskShown, { readonly kind: "unknown-effect" | "budget" | "recovery" }>;

interface Choice {
  readonly label: string;
  readonly answer: AskAnswer;
}

/** Asks that are answered by one of a few words: an effect that nobody knows of, a budget, whether to go on. */
export const ChoiceForm = ({ shown, isBusy, onAnswer }: AskFormProps & { readonly shown: Shown }) => {
  const detail = detailOf(shown);
  return (
    <>
      <h3>{titleOf(shown)}</h3>
      {detail === "" ? null : (
        <pre tabIndex={0} class="preview">
          <code>{detail}</code>
        </pre>
      )}
      <div class="answers">
        {choicesOf(shown).map(({ label, answer }, index) => (
          <button
            key={label}
            type="button"
            class={index === 0 ? "primary" : ""}
            disabled={isBusy}
            onClick={() => onAnswer(answer)}
          >
            {label}
          </button>
        ))}
      </div>
    </>
  );
};

const titleOf = (shown: Shown): string => {
  switch (shown.kind) {
    case "unknown-effect":
      return `Did ${shown.tool} take effect? ${shown.detail ?? ""}`;
    case "budget":
      return `The limit of ${shown.limit} is reached: ${shown.used} used of ${shown.allowed}.`;
    case "recovery":
      return `Go on? ${shown.reason}`;
    default:
      return shown satisfies never;
  }
};

const detailOf = (shown: Shown): string => {
  if (shown.kind === "unknown-effect") return JSON.stringify(shown.effect, null, 2);
  return shown.kind === "budget" ? "" : shown.calls.map(({ name, state }) => `${name}: ${state}`).join("\n");
};

const choicesOf = ({ kind }: Shown): readonly Choice[] => {
  switch (kind) {
    case "unknown-effect":
      return [
        { label: "It happened", answer: { kind, reply: "happened" } },
        { label: "Do what is missing", answer: { kind, reply: "continue" } },
        { label: "Leave it", answer: { kind, reply: "give-up" } },
      ];
    case "budget":
      return [
        { label: "Go on", answer: { kind, reply: "continue" } },
        { label: "Stop", answer: { kind, reply: "stop" } },
      ];
    case "recovery":
      return [
        { label: "Resume", answer: { kind, reply: "resume" } },
        { label: "Stop", answer: { kind, reply: "stop" } },
      ];
    default:
      return kind satisfies never;
  }
};
