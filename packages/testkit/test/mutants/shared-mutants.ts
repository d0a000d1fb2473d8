import { createMemoryStore } from "@holdfast/testkit";
import { createCrash } from "@holdfast/testkit/contract";

import { changed } from "./mutant.ts";
import { sharedMemory, Watching } from "./shared-memory.ts";

import type { CommitPlan, Store } from "@holdfast/core/store";
import type { StoreFaults } from "@holdfast/testkit/contract";
import type { Mutant } from "./mutant.ts";

class TellsFirstSession extends Watching {
  override tell(): void {
    const [first] = this.watches;
    for (const { sessionId, listener } of Array.from(this.watches)) if (sessionId === first?.sessionId) listener(null);
  }
}

class EndsAfterFirstSignal extends Watching {
  override tell(): void {
    super.tell();
    this.stop();
  }
}

class EndsWithAnyWatch extends Watching {
  override left(): void {
    this.stop();
  }
}

class TellsWhoComesMeanwhile extends Watching {
  override tell(): void {
    for (const { listener } of this.watches) listener(null);
  }
}

/** Whatever was admitted before it was opened again is unknown. */
const forgetful = (store: Store): Store => {
  const admittedSince = new Set<string>();
  return changed(store, (inner) => ({
    commit: async (plan) => {
      const { admission, ...rest } = plan;
      if (admission === undefined || admittedSince.has(admission.messageId)) return inner.commit(plan);
      admittedSince.add(admission.messageId);
      return inner.commit((await inner.admission(admission)) === null ? plan : rest);
    },
  }));
};

/** Answers what is done in memory, and does it on the disk a moment later. */
const answersEarly: NonNullable<StoreFaults["crashAt"]> = async (place) => {
  const crash = createCrash(place);
  const [answering, kept] = [createMemoryStore(), createMemoryStore()];
  let writing = Promise.resolve();
  const write = async (before: Promise<void>, plan: CommitPlan): Promise<void> => {
    await before;
    await new Promise((resolve) => setImmediate(resolve));
    if (crash.place !== null) return;
    try {
      crash.reach("outer commit");
    } catch {
      return;
    }
    await kept.commit(plan);
  };
  const store = changed(answering, () => ({
    commit: async (plan) => {
      const answer = await answering.commit(plan);
      writing = write(writing, plan);
      if (crash.place !== null) throw new Error("the process ended");
      return answer;
    },
  }));
  const open = async () => {
    await writing;
    crash.end();
    return crash.place === null ? null : kept;
  };
  return { store, arm: () => void writing.then(crash.arm), open };
};

/** Faults that show when a store is open twice or opened again, or when its process ends. */
export const sharedMutants: readonly Mutant[] = [
  {
    name: "key forgotten on rebuild",
    law: "7 admitted once",
    by: "a retry is known to a store opened anew",
    subject: sharedMemory(Watching, forgetful),
  },
  {
    name: "a plan acknowledged before the outer commit",
    law: "3 atomic",
    by: "after the end of the process at any place of a commit",
    subject: { create: async () => createMemoryStore(), faults: { crashAt: answersEarly } },
  },
  {
    name: "a foreign commit signals only the first watched session",
    law: "10 signalled",
    by: "another's commit reaches every watcher of its session",
    subject: sharedMemory(TellsFirstSession),
  },
  {
    name: "polling ends after the first foreign signal",
    law: "10 signalled",
    by: "another's second commit, after two seconds of quiet",
    subject: sharedMemory(EndsAfterFirstSignal),
  },
  {
    name: "disposing one of two watches ends the other",
    law: "10 signalled",
    by: "a watcher hears of another's commits when a second one is disposed of",
    subject: sharedMemory(EndsWithAnyWatch),
  },
  {
    name: "a listener that watches anew is called again for the same commit",
    law: "10 signalled",
    by: "one that watches anew when it is told of another's commit",
    subject: sharedMemory(TellsWhoComesMeanwhile),
  },
];
