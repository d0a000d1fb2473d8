/** Whether a text matches a pattern of `*` (any run) and `?` (any one UTF-16 unit); a trailing " *" is optional. */
export const matchesPattern = (pattern: string, text: string): boolean =>
  matchesWildcards(pattern, text) || (pattern.endsWith(" *") && matchesWildcards(pattern.slice(0, -2), text));

// Greedy with one point to return to, so at most pattern × text steps: a regular expression of the same pattern can
// backtrack for minutes, and both texts come from a model.
const matchesWildcards = (pattern: string, text: string): boolean => {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (next < text.length) {
    const wanted = pattern[at];
    if (wanted === "*") {
      star = at++;
      resume = next;
    } else if (wanted !== undefined && (wanted === "?" || wanted === text[next])) {
      at++;
      next++;
    } else if (star >= 0) {
      at = star + 1;
      next = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
};
