import { errorCatalogue } from "../../packages/core/src/errors/catalogue.ts";
import { generatedNote } from "./generated-note.ts";

/** The page that lists every error code, in the order of the catalogue. */
export const errorsPage = (): string => {
  const rows = Object.entries(errorCatalogue).map(
    ([code, { title, status, retryable }]) => `| \`${code}\` | ${title} | ${status} | ${retryable ? "yes" : "no"} |`,
  );
  return `# Error codes

${generatedNote("packages/core/src/errors/catalogue.ts")}

Every error that Holdfast throws is a \`HoldfastError\` of \`@holdfast/core\`. It carries a stable \`code\`, a message that says what was
expected, what was found and what to do, \`data\` as plain JSON, and often a \`cause\`. Tell errors apart by code, never by class or text:
\`HoldfastError.isInstance(error, "store.full")\`. Status is the HTTP status (RFC 9110) for a code that crosses a wire. Retryable says
whether the same call, unchanged, may succeed later.

| code | what went wrong | status | retryable |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
};
