/** A member of something of which nothing is known; undefined where there is none. */
export const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as { readonly [name: string]: unknown })[name] : undefined;
