/** How many words of a program's name and subcommand say what kind of thing it does. The others are asked for word by word. */
const prefixWords: Readonly<Record<string, number>> = {
  ls: 1,
  cat: 1,
  head: 1,
  tail: 1,
  wc: 1,
  grep: 1,
  rg: 1,
  pwd: 1,
  echo: 1,
  which: 1,
  file: 1,
  stat: 1,
  du: 1,
  df: 1,
  diff: 1,
  jq: 1,
  git: 2,
  npm: 2,
  pnpm: 2,
  yarn: 2,
  bun: 2,
  deno: 2,
  cargo: 2,
  go: 2,
  docker: 2,
  kubectl: 2,
  gh: 2,
  pip: 2,
  brew: 2,
  make: 2,
  npx: 2,
};
// Here the word after the subcommand is what is run.
const runs = /^(?:run|run-script|task)$/;

/**
 * What an approval that is to last may cover: the program and its subcommand with any arguments where the table knows the program, else
 * the very command. Undefined where nothing may be offered: a pattern of file names would mean more in a rule than it meant to the shell.
 */
export const alwaysPatterns = (resources: readonly string[]): readonly string[] | undefined => {
  const patterns = resources.map(toPattern);
  return patterns.every((pattern) => pattern !== undefined) ? [...new Set(patterns)] : undefined;
};

const toPattern = (resource: string): string | undefined => {
  const words = resource.split(" ");
  const [program = "", subcommand = ""] = words;
  let count = Object.hasOwn(prefixWords, program) ? (prefixWords[program] ?? 0) : 0;
  if (count === 2 && runs.test(subcommand)) count = 3;
  const prefix = words.slice(0, count);
  const isPrefix = count > 0 && prefix.length === count && prefix.every((word) => /^[A-Za-z0-9][\w:.@/-]*$/.test(word));
  if (isPrefix) return `${prefix.join(" ")} *`;
  return /[*?]/.test(resource) ? undefined : resource;
};
