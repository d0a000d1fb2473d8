import { useState } from "preact/hooks";

import type { AskQuestion, AskShown } from "@holdfast/core/event";
import type { TargetedSubmitEvent } from "preact";
import type { AskFormProps } from "./ask-form-props.ts";

/** What is chosen and said of one question. */
interface Reply {
  readonly chosen: readonly string[];
  readonly said: string;
}

const noReply: Reply = { chosen: [], said: "" };

/** Questions with options, or to be answered in words of one's own. */
export const QuestionForm = ({
  shown: { questions },
  isBusy,
  onAnswer,
}: AskFormProps & { readonly shown: Extract<AskShown, { readonly kind: "question" }> }) => {
  const [replies, setReplies] = useState<readonly Reply[]>(questions.map(() => noReply));
  const toAnswers = (): string[][] =>
    replies.map(({ chosen, said }) => (said.trim() === "" ? [...chosen] : [...chosen, said.trim()]));
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onAnswer({ kind: "question", answers: toAnswers() });
  };
  return (
    <form onSubmit={submit}>
      {questions.map((question, index) => (
        <Question
          key={index}
          name={`question-${index}`}
          question={question}
          reply={replies[index] ?? noReply}
          onReply={(reply) => setReplies(replies.map((other, at) => (at === index ? reply : other)))}
        />
      ))}
      <div class="answers">
        <button type="submit" class="primary" disabled={isBusy || toAnswers().some((answer) => answer.length === 0)}>
          Answer
        </button>
        <button type="button" disabled={isBusy} onClick={() => onAnswer({ kind: "question" })}>
          Dismiss
        </button>
      </div>
    </form>
  );
};

interface QuestionProps {
  readonly name: string;
  readonly question: AskQuestion;
  readonly reply: Reply;
  readonly onReply: (reply: Reply) => void;
}

const Question = ({ name, question, reply, onReply }: QuestionProps) => {
  const { header, options, multiple, custom } = question;
  const choose = (label: string, isChosen: boolean): void => {
    if (!multiple) return onReply({ chosen: isChosen ? [label] : [], said: "" });
    const others = reply.chosen.filter((other) => other !== label);
    onReply({ ...reply, chosen: isChosen ? [...others, label] : others });
  };
  return (
    <fieldset>
      <legend>
        {header === undefined ? null : <span class="quiet">{header} </span>}
        {question.question}
      </legend>
      {options.map(({ label, description }) => (
        <label key={label} class="option">
          <input
            type={multiple ? "checkbox" : "radio"}
            name={name}
            checked={reply.chosen.includes(label)}
            onChange={(event) => choose(label, event.currentTarget.checked)}
          />
          <span>
            {label}
            {description === undefined ? null : <span class="quiet"> {description}</span>}
          </span>
        </label>
      ))}
      {custom || options.length === 0 ? (
        <input
          type="text"
          aria-label={options.length === 0 ? question.question : "In words of your own"}
          placeholder={options.length === 0 ? "" : "In words of your own"}
          value={reply.said}
          onInput={(event) => onReply({ chosen: multiple ? reply.chosen : [], said: event.currentTarget.value })}
        />
      ) : null}
    </fieldset>
  );
};
