import { randomFillSync } from "node:crypto";

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const pool = new Uint8Array(4096);
let next = pool.length;

/** Random text of base-62 digits, from the system's generator; drawn in pages, since each draw costs a system call. */
export const randomText = (length: number): string => {
  let text = "";
  while (text.length < length) {
    if (next === pool.length) {
      randomFillSync(pool);
      next = 0;
    }
    const value = (pool[next++] ?? 0) & 63;
    // 62 and 63 are thrown away, so that every digit is equally likely.
    if (value < alphabet.length) text += alphabet[value];
  }
  return text;
};
