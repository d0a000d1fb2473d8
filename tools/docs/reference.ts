import { openApiDocument } from "../../packages/http/src/openapi/document.ts";
import { errorsPage } from "./errors-page.ts";
import { eventsPage } from "./events-page.ts";
import { hooksPage } from "./hooks-page.ts";
import { invariantsPage } from "./invariants-page.ts";

/** A page that is made from code: where it lies below the root, and what it must hold. */
export interface ReferencePage {
  readonly file: string;
  readonly content: string;
}

/** Every page of the reference, as the code gives it now. */
export const referencePages = (): readonly ReferencePage[] => [
  { file: "docs/reference/errors.md", content: errorsPage() },
  { file: "docs/reference/events.md", content: eventsPage() },
  { file: "docs/reference/hooks.md", content: hooksPage() },
  { file: "docs/invariants.md", content: invariantsPage() },
  { file: "packages/http/openapi.json", content: `${JSON.stringify(openApiDocument(), null, 2)}\n` },
];
