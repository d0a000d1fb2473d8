/** Bytes as base64 (RFC 4648, section 4). */
export const toBase64 = (bytes: Uint8Array): string => {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
};

/** The bytes of a base64 text, padded and with no other character; null for any other text. */
export const fromBase64 = (text: string): Uint8Array | null => {
  try {
    const binary = atob(text);
    // `atob` takes white space and a missing padding, too. No pattern: one over a long text overflows its stack.
    return btoa(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
};
