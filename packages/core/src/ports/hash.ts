/** SHA-256 of a text's UTF-8 bytes, as 64 lower-case hex digits. Synchronous, because sealing happens inside a transaction. */
export type Hash = (text: string) => string;
