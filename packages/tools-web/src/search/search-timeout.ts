/** How long a search may take where nothing else is said. */
export const searchTimeoutMs = 25_000;
