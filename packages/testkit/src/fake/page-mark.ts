import { HoldfastError, sessionIdSchema } from "@holdfast/core";

import type { SessionId } from "@holdfast/core";

/** Where a page ended, as callers carry it. */
export const toPageMark = (place: number, sessionId: SessionId): string => `${place}.${sessionId}`;

/** @throws argument.invalid for what no page carried. */
export const fromPageMark = (mark: string): { readonly place: number; readonly sessionId: SessionId } => {
  const [place = "", id] = mark.split(".");
  const sessionId = sessionIdSchema.safeParse(id);
  if (/^\d{1,15}$/.test(place) && sessionId.success) return { place: Number(place), sessionId: sessionId.data };
  throw new HoldfastError("argument.invalid", {
    message: `Expected "next" of a page, found ${JSON.stringify(mark.slice(0, 80))}. Pass it on unchanged.`,
  });
};
