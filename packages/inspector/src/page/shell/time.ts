const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
] as const;

/** How long ago a time was, in a word: `now`, `5 min`, `3 h`, `2 d`. */
export const timeAgo = (time: number, now = Date.now()): string => {
  const passed = now - time;
  const unit = units.find(([ms]) => passed >= ms);
  return unit === undefined ? "now" : `${Math.floor(passed / unit[0])} ${unit[1]}`;
};

/** A time of the day, to the millisecond. */
export const clockTime = (time: number): string => {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
};

const two = (value: number): string => String(value).padStart(2, "0");
