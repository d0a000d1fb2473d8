import { canonicalJson } from "../../json/canonical.ts";

import type { AskShown } from "../../event/ask-events.ts";
import type { CallId } from "../../ids/id.ts";
import type { Hash } from "../../ports/hash.ts";

/** What an ask is about. */
export interface AskSubject {
  /** The call that waits; absent where the execution does. */
  readonly callId?: CallId | undefined;
  /** The call's input as it is to be run with; empty where no call waits. */
  readonly input: string;
  readonly shown: AskShown;
}

/** What an answer is bound to: the call, its input, and everything that was shown. Other content is another ask. */
export const askIdentity = ({ callId, input, shown }: AskSubject, hash: Hash): string =>
  hash(canonicalJson({ callId: callId ?? null, input, shown: { ...shown } }));
