import type { SealedEnvelope } from "@holdfast/core/event";

/** An event's row, as the driver returns it. */
export interface EnvelopeRow extends Omit<SealedEnvelope, "data" | "ignorable"> {
  readonly ignorable: number;
  readonly data: string;
}

/** A stored row as the envelope that was sealed. */
export const toEnvelope = ({ ignorable, data, ...rest }: EnvelopeRow): SealedEnvelope => ({
  ...rest,
  ...(ignorable === 1 ? { ignorable: true as const } : {}),
  data: JSON.parse(data) as SealedEnvelope["data"],
});
