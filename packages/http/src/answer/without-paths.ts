/** Where an absolute path begins: after a space, a quote or a bracket, with a slash or a drive. */
const path = /(?<=^|[\s"'`(=[])(?:\/|[A-Za-z]:[\\/]|\\\\)[^\s"'`)\]]*[^\s"'`)\],.:;]/g;

/** A text for people elsewhere: it says what is wrong, and nothing of where files lie on this machine. */
export const withoutPaths = (text: string): string => text.replaceAll(path, "(a path of the server)");
