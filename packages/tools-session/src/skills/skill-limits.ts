/** How much of skills is looked at. */
export const skillLimits = {
  /** Skills of one Location. */
  skills: 200,
  /** Bytes of one skill's file. */
  fileBytes: 256 * 1024,
  /** Files that are named beside a skill's instructions. */
  sampledFiles: 10,
} as const;
