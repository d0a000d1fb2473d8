/** What the address names: `#/ses_…`, and once, in a link that a host made, `token=…`, which servers are never sent. */
export interface PageAddress {
  readonly sessionId: string | undefined;
  readonly token: string | undefined;
}

export const readAddress = (hash: string): PageAddress => {
  const [, sessionId] = /^#\/(ses_[a-zA-Z0-9]+)/.exec(hash) ?? [];
  const [, token] = /[#&?]token=([^&]+)/.exec(hash) ?? [];
  return { sessionId, token: token === undefined ? undefined : decoded(token) };
};

/** The address of a session. */
export const toAddress = (sessionId: string | undefined): string => (sessionId === undefined ? "#/" : `#/${sessionId}`);

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    // No escape of a URL: then it stands for itself.
    return text;
  }
};
