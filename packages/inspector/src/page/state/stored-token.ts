const key = "holdfast.token";

/** The server's token, for as long as this tab lives. */
export const storedToken = {
  get: (): string | undefined => sessionStorage.getItem(key) ?? undefined,
  set: (token: string | undefined): void => {
    if (token === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, token);
  },
};
