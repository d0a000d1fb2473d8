import type { EventDataOf } from "../event/catalogue.ts";

/** The baseline of an epoch: what each source tells, in their order. */
export const baselineOf = (sources: readonly { readonly text: string }[]): string =>
  joined(sources.map(({ text }) => text));

/** What an update tells: first what is new or another, then what is gone. */
export const updateOf = ({ sources, removed }: Pick<EventDataOf<"context.admitted">, "sources" | "removed">): string =>
  joined([...sources.map(({ text, update }) => update ?? text), ...removed.map(({ text }) => text)]);

const joined = (texts: readonly string[]): string => texts.filter((text) => text !== "").join("\n\n");
