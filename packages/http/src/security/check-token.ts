import { createHash, timingSafeEqual } from "node:crypto";

import { HoldfastError } from "@holdfast/core";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * A check of `Authorization`, in a time that tells nothing of where a wrong token differs: digests of one length are compared.
 *
 * @throws http.unauthorized
 */
export const tokenCheck = (token: string | undefined): ((request: Request) => void) => {
  if (token === undefined) return () => {};
  const expected = digest(token);
  return (request) => {
    const given = /^Bearer +([\u0021-\u007e]+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return;
    throw new HoldfastError("http.unauthorized", {
      message: `Expected the server's token in "Authorization: Bearer …", found ${given === undefined ? "none" : "another one"}. Ask whoever runs the server.`,
    });
  };
};
