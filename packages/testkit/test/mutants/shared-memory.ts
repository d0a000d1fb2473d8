import { createMemoryStore } from "@holdfast/testkit";

import { changed } from "./mutant.ts";

import type { SessionId } from "@holdfast/core";
import type { DirtyListener, Store } from "@holdfast/core/store";
import type { StoreSubject } from "@holdfast/testkit/contract";

/** What several have open: it outlives each of them. */
interface Shared {
  readonly kept: Store;
  /** How many writes there were, of anyone's. */
  version: number;
  /** Whose write is being done: all in one step. */
  writer: Watching | undefined;
}

interface Watch {
  readonly sessionId: SessionId;
  readonly listener: DirtyListener;
}

/** How one that has the store open hears of commits: of its own as they are done, of others' by looking, every few milliseconds. */
export class Watching {
  readonly shared: Shared;
  readonly watches = new Set<Watch>();
  timer: NodeJS.Timeout | undefined;
  /** The version that was looked at last. */
  seen = 0;

  constructor(shared: Shared) {
    this.shared = shared;
  }

  watch(sessionId: SessionId, listener: DirtyListener): Disposable {
    if (this.watches.size === 0) {
      this.seen = this.shared.version;
      this.look();
    }
    const own: Watch = { sessionId, listener };
    this.watches.add(own);
    const inner = this.shared.kept.watch(sessionId, (events) => {
      if (this.shared.writer === this) listener(events);
    });
    return {
      [Symbol.dispose]: () => {
        inner[Symbol.dispose]();
        this.watches.delete(own);
        this.left();
      },
    };
  }

  /** One has gone. */
  left(): void {
    if (this.watches.size === 0) this.stop();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  look(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.look();
      const isNews = this.seen !== this.shared.version;
      this.seen = this.shared.version;
      if (isNews) this.tell();
    }, 5);
  }

  /** Tells everyone of another's commit. */
  tell(): void {
    for (const watch of Array.from(this.watches)) {
      if (this.watches.has(watch)) watch.listener(null);
    }
  }

  /** Does a write of this one's. */
  write<T>(work: () => Promise<T>): Promise<T> {
    this.shared.writer = this;
    try {
      return work();
    } finally {
      this.shared.writer = undefined;
      if (this.seen === this.shared.version) this.seen += 1;
      this.shared.version += 1;
    }
  }
}

const handles = new WeakMap<Store, Shared>();

const closedStore = async (): Promise<Store> => {
  const store = createMemoryStore();
  await store[Symbol.asyncDispose]();
  return store;
};

const openHandle = async (shared: Shared, watching: Watching): Promise<Store> => {
  const closed = await closedStore();
  const { kept } = shared;
  let isClosed = false;
  const handle = changed(kept, () => ({
    capabilities: { durable: true, multiProcess: true },
    commit: (plan) => watching.write(() => kept.commit(plan)),
    import: (batch) => watching.write(() => kept.import(batch)),
    watch: (sessionId, listener) => watching.watch(sessionId, listener),
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      watching.stop();
    },
  }));
  const passing: readonly (string | symbol)[] = ["storeId", "capabilities", Symbol.asyncDispose];
  const guarded = new Proxy(handle, {
    get: (target, name): unknown => {
      const from = isClosed && !passing.includes(name) ? closed : target;
      const member: unknown = Reflect.get(from, name);
      return typeof member === "function" ? member.bind(from) : member;
    },
  });
  handles.set(guarded, shared);
  return guarded;
};

const sharedOf = (store: Store): Shared => {
  const shared = handles.get(store);
  if (shared === undefined) throw new Error("expected a store of this subject");
  return shared;
};

/** Memory stores that several may have open, as a file is: the parts of the suite that a plain memory store cannot run. */
export const sharedMemory = (
  watching: new (shared: Shared) => Watching = Watching,
  afterReopen: (store: Store) => Store = (store) => store,
): StoreSubject => {
  const open = (shared: Shared) => openHandle(shared, new watching(shared));
  return {
    create: () => open({ kept: createMemoryStore(), version: 0, writer: undefined }),
    reopen: async (closed) => afterReopen(await open(sharedOf(closed))),
    alongside: (store) => open(sharedOf(store)),
  };
};
