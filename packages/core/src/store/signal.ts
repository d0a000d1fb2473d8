import type { SealedEnvelope } from "../event/envelope.ts";

/**
 * Called after a commit that may concern the session. With the committed events where this process committed them: they may
 * be handed on when their first seq is the next one. With null where another process may have committed: read. Called
 * synchronously and cheaply; one that throws can neither undo nor mask the commit.
 */
export type DirtyListener = (committed: readonly SealedEnvelope[] | null) => void;
