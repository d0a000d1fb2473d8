/** A hash as its 32 bytes; a text that is none as it is. */
export const packHash = (text: string): Uint8Array | string =>
  /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, "hex") : text;

/** SQL for the text of what `packHash` made. */
export const unpackSql = (column: string): string =>
  `iif(typeof(${column}) = 'blob', lower(hex(${column})), ${column}) as ${column}`;
