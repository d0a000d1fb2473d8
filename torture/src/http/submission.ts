/** One prompt that is sent, under an ID or under a key. */
export interface Submission {
  readonly sessionId: string;
  readonly text: string;
  readonly id?: string;
  readonly key?: string;
}

/** What came of it. */
export interface Answered {
  readonly what: "admitted" | "replayed" | "failed";
  readonly ms: number;
  readonly messageId?: string;
  readonly detail?: string;
}
