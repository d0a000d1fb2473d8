/** What a fetch may take. */
export const fetchLimits = {
  /** All hops and the body together. */
  timeoutMs: 30_000,
  maxTimeoutMs: 120_000,
  /** From the start of a hop until its headers are there, the connection included. */
  firstByteMs: 15_000,
  /** Of a body, after decompression and on the wire alike. */
  maxBytes: 5 * 1024 * 1024,
  /** Times that a body may grow in decompression. Deflate reaches 1,032, and pages rarely 30. */
  maxRatio: 200,
  /** Decompressed bytes below which nobody looks at the ratio. */
  ratioFromBytes: 1024 * 1024,
  redirects: 5,
  headerBytes: 32 * 1024,
  urlCharacters: 8_192,
  ports: [80, 443, 8080, 8443],
} as const;
