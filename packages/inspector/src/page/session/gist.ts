const mostCharacters = 160;

/** What a call was for, in a line: the first texts of its input, or the input as it is. */
export const gist = (input: string): string => {
  const value = parsed(input);
  const texts = isRecord(value)
    ? Object.values(value).filter((one) => typeof one === "string" || typeof one === "number")
    : [];
  const line = (texts.length === 0 ? input : texts.join("  ")).replaceAll(/\s+/g, " ").trim();
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
};

/** JSON with a line for each member; what is no JSON as it is. */
export const indented = (input: string): string => {
  const value = parsed(input);
  return value === undefined ? input : JSON.stringify(value, null, 2);
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // A model may write anything: it is shown as it stands.
    return undefined;
  }
};
