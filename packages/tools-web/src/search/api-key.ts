import { HoldfastError } from "@holdfast/core";

/** A key as a host configures it: a text, or what fetches it when it is needed. */
export type ApiKey = string | (() => string | Promise<string>);

/**
 * The key, checked to fit a header.
 *
 * @throws search.unauthorized where there is none, or one that no header can hold; it is not repeated.
 */
export const readKey = async (key: ApiKey, service: string): Promise<string> => {
  const value = (typeof key === "string" ? key : await key()).trim();
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new HoldfastError("search.unauthorized", {
    message: `Expected a key for ${service} of printable characters, found ${value === "" ? "none" : "others"}. Whoever runs this host must configure it.`,
    data: { service },
  });
};
