import { hash } from "node:crypto";

/** SHA-256 of a file's content, in hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => hash("sha256", bytes, "hex");
