import * as z from "zod";

/** Where a session works. Tools, plugins, permissions and context are scoped to it. */
export const locationSchema = z.strictObject({
  /** Canonical absolute path. */
  directory: z.string().min(1).max(4096),
  workspaceId: z.string().min(1).max(255).exactOptional(),
});
export type Location = z.infer<typeof locationSchema>;

/** One text per Location, equal for equal Locations. */
export const locationKey = (location: Location): string => `${location.workspaceId ?? ""}\u0000${location.directory}`;
