/** What a value of plain data takes in memory, roughly, in bytes. Makes nothing: it is asked of every event. */
export const weigh = (value: unknown): number => {
  if (typeof value === "string") return value.length * 2 + overhead;
  if (typeof value !== "object" || value === null) return overhead;
  let bytes = overhead;
  for (const key in value) bytes += weigh((value as { readonly [key: string]: unknown })[key]);
  return bytes;
};

const overhead = 16;
