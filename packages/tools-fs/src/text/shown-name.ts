/** A name or path as it is listed: it may hold a line end, and would then look like two, or what a terminal obeys. */
export const shownName = (name: string): string => (/\p{Cc}/u.test(name) ? JSON.stringify(name) : name);
