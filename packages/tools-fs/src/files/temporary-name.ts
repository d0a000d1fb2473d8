/** Name of the file that a call writes first, beside its own: after the call, so that one that a crash left behind says where it came from. */
export const temporaryNameOf = (callId: string): string => `.holdfast-${callId}.tmp`;
