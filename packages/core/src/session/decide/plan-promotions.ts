import { activityChoice, activityInputs } from "./activity-choice.ts";
import { selectPromotions } from "./select-promotions.ts";

import type { InputRow } from "../../store/rows.ts";
import type { History } from "../history.ts";
import type { UserMessage } from "../message.ts";
import type { ActivityChoice } from "./activity-choice.ts";

/** Where a step is to start. */
export interface StepGround {
  readonly history: History;
  /** Pending inputs in admission order. */
  readonly inputs: readonly InputRow[];
  /** Whether the session would otherwise be idle, so that a queued input may open an activity. */
  readonly opening: boolean;
  /** The end of the log at the boundary: what was admitted after it waits for the next one. */
  readonly cutoffSeq: number;
  /** Where the execution began: what is before it is of another activity. */
  readonly startedSeq: number;
  /** Position of the step before in its activity; 0 for none. */
  readonly indexBefore: number;
}

/** What a step shows first, and where it stands in its activity. */
export interface StepPromotions {
  readonly promotions: readonly InputRow[];
  /** The same as the messages that they become. */
  readonly promoted: readonly UserMessage[];
  /** Position in its activity, from 1: a promotion begins it anew. */
  readonly index: number;
  /** What these inputs, and those before them in the activity, ask for. */
  readonly choice: ActivityChoice;
}

/** What the next step would promote, and what its activity asks for then: one answer for who makes the step and for who asks what it would be. */
export const planPromotions = ({
  history,
  inputs,
  opening,
  cutoffSeq,
  startedSeq,
  indexBefore,
}: StepGround): StepPromotions => {
  const promotions = selectPromotions(inputs, { opening, cutoffSeq });
  const promoted = promotions.flatMap(({ messageId, seq }) => history.pending(messageId, seq) ?? []);
  const earlier = opening ? [] : activityInputs(history, startedSeq);
  return {
    promotions,
    promoted,
    index: promotions.length > 0 ? 1 : indexBefore + 1,
    choice: activityChoice([...earlier, ...promoted]),
  };
};
