import { Problem } from "../shell/problem.tsx";
import { useAction } from "../state/use-action.ts";
import { ChoiceForm } from "./choice-form.tsx";
import { PermissionForm } from "./permission-form.tsx";
import { QuestionForm } from "./question-form.tsx";

import type { AskAnswer } from "@holdfast/core/event";
import type { Client } from "@holdfast/sdk";
import type { AskFormProps } from "./ask-form-props.ts";
import type { OpenAsk } from "../state/session-view.ts";

/** What the session asks, to be answered here. */
export const AskDock = ({
  client,
  sessionId,
  asks,
}: {
  readonly client: Client;
  readonly sessionId: string;
  readonly asks: readonly OpenAsk[];
}) => (
  <>
    {asks.map((ask) => (
      <Ask key={ask.askId} client={client} sessionId={sessionId} ask={ask} />
    ))}
  </>
);

const Ask = ({
  client,
  sessionId,
  ask,
}: {
  readonly client: Client;
  readonly sessionId: string;
  readonly ask: OpenAsk;
}) => {
  const { isBusy, error, run } = useAction();
  const { askId, identity } = ask;
  const answer = (given: AskAnswer): void =>
    run(() => client.asks.answer({ sessionId, askId, identity, answer: given, by: "inspector" }));
  return (
    <section class="dock ask" aria-label="Asks you" data-ask={askId}>
      <AskForm ask={ask} isBusy={isBusy} onAnswer={answer} />
      <Problem error={error} />
    </section>
  );
};

const AskForm = ({ ask: { shown }, ...props }: AskFormProps & { readonly ask: OpenAsk }) => {
  switch (shown.kind) {
    case "permission":
      return <PermissionForm shown={shown} {...props} />;
    case "question":
      return <QuestionForm shown={shown} {...props} />;
    case "unknown-effect":
    case "budget":
    case "recovery":
      return <ChoiceForm shown={shown} {...props} />;
    default:
      return shown satisfies never;
  }
};
