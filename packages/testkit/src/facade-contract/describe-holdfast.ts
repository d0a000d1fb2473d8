import { describe } from "vitest";

import { describeChanges } from "./changes.ts";
import { describeCompacting } from "./compacting.ts";
import { describeHost } from "./host.ts";
import { describeInbox } from "./inbox.ts";
import { describeLocations } from "./locations.ts";
import { describeLooking } from "./looking.ts";
import { withDeviations } from "./law.ts";
import { describeActivities } from "./activities.ts";
import { describeAsking } from "./asking.ts";
import { describeAskingEnds } from "./asking-ends.ts";
import { describePrompts } from "./prompts.ts";
import { describeReading } from "./reading.ts";
import { describeResting } from "./resting.ts";
import { describeSessions } from "./sessions.ts";
import { describeSettling } from "./settling.ts";
import { describeTodos } from "./todos.ts";
import { describeTransfer } from "./transfer.ts";

import type { FacadeSubject } from "./facade-subject.ts";

/**
 * The facade's contract as tests, on any implementation: in process, over a wire, or a fake. Call it at the top of a test file.
 *
 * @param name What the implementation is called in the titles.
 */
export const describeHoldfast = (name: string, subject: FacadeSubject): void => {
  const laws = (): void => {
    describeSessions(subject);
    describePrompts(subject);
    describeInbox(subject);
    describeCompacting(subject);
    describeChanges(subject);
    describeLooking(subject);
    describeActivities(subject);
    describeReading(subject);
    describeResting(subject);
    describeSettling(subject);
    describeAsking(subject);
    describeAskingEnds(subject);
    describeTodos(subject);
    describeLocations(subject);
    describeTransfer(subject);
    describeHost(subject);
  };
  describe(`Holdfast: ${name}`, () => withDeviations(subject.deviations ?? {}, laws));
};
