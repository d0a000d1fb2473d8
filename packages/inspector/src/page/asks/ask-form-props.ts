import type { AskAnswer } from "@holdfast/core/event";

/** What every form of an ask is given. */
export interface AskFormProps {
  readonly isBusy: boolean;
  readonly onAnswer: (answer: AskAnswer) => void;
}
