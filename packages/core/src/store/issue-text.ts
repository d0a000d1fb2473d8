import type * as z from "zod";

const mostUnits = 500;

/** A text from outside, short enough for an error. */
export const cutText = (text: string): string => (text.length > mostUnits ? `${text.slice(0, mostUnits)}…` : text);

/** The first of what a schema has to say, and where. */
export const issueText = ({ issues }: z.ZodError): string => {
  const [first] = issues;
  const at = first === undefined || first.path.length === 0 ? "" : ` at ${first.path.map(String).join(".")}`;
  return cutText(`${first?.message ?? "another"}${at}`);
};
