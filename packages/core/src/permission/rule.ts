import * as z from "zod";

import { canonicalJson } from "../json/canonical.ts";

/** What a rule says of an action on a resource. */
export const effectSchema = z.enum(["allow", "ask", "deny"]);
export type Effect = z.infer<typeof effectSchema>;

/**
 * One configured rule. `*` in a pattern stands for any run of characters, slashes included, `?` for exactly one; a pattern
 * that ends in " *" also matches without what follows. Later rules win over earlier ones.
 */
export const ruleSchema = z.strictObject({
  action: z.string().min(1).max(256),
  resource: z.string().min(1).max(4096),
  effect: effectSchema,
});
export type Rule = z.infer<typeof ruleSchema>;

/** What is asked of the rules: one action on one resource. */
export interface PermissionRequest {
  readonly action: string;
  readonly resource: string;
}

/** Rule lists as rows keep them: canonical JSON. */
export const rulesText = (lists: readonly (readonly Rule[])[]): string =>
  canonicalJson(lists.map((rules) => rules.map((rule) => ({ ...rule }))));
