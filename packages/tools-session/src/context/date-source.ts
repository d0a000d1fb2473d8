import type { ContextSource } from "@holdfast/core/plugin";

/** The day, in the time zone of the host, so that what is told stays the same from one midnight to the next. */
export const dateSource: ContextSource<string> = Object.freeze({
  key: "session/date",
  load: ({ time }) => dayOf(new Date(time)),
  baseline: (day) => `Today is ${day}.`,
  update: (day) => `It is ${day} now.`,
  removal: () => "The date is no longer told.",
} satisfies ContextSource<string>);

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

const dayOf = (date: Date): string => {
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${weekdays[date.getDay()]}, ${date.getFullYear()}-${month}-${day}`;
};
