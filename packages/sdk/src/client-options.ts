/** How a client reaches its server. */
export interface ClientOptions {
  /** Where `@holdfast/http` answers, such as `http://127.0.0.1:4530`; a path before `/v1` is kept. */
  readonly baseUrl: string;
  /** Sent as a bearer token. Default: none. */
  readonly token?: string | undefined;
  /** Sent with every request. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: the one of the platform. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Ends everything that this client does, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What every call takes beside its argument. */
export interface CallOptions {
  /** Ends the call at once; it rejects with the signal's reason, untouched. Whether the server did what was asked is then not known. */
  readonly signal?: AbortSignal | undefined;
}

/** Time and randomness, as ports. */
export interface ClientPorts {
  /** Milliseconds since an arbitrary point; never goes backwards. */
  readonly monotonic: () => number;
  /** Resolves after `ms` milliseconds; rejects with `signal.reason` as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0, inclusive, to 1, exclusive. */
  readonly random: () => number;
}
