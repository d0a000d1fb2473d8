import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const passedOver = new Set(["node_modules", "dist", "sample", ".git", ".tool", ".turbo", ".changeset"]);
const code = /^```[\s\S]*?^```$|`[^`\n]*`/gm;
const link = /\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g;
const quoted = /^"(.+)"$/s;

/**
 * What is wrong with the links between Markdown files below a root: one that leads nowhere, a heading that is not there, a file in `docs`
 * that nothing links to, and a quotation that its target does not hold. A link whose text stands in quotation marks quotes its target: so
 * `docs/invariants.md` names tests by their titles, and a test that is renamed is found here.
 */
export const checkLinks = (root: string): readonly string[] => {
  const files = markdownFiles(root, root);
  const reached = new Set<string>();
  const findings = files.flatMap((file) =>
    linksOf(readFileSync(file, "utf8")).flatMap((found) => {
      const [path = "", anchor] = found.target.split("#");
      const target = path === "" ? file : resolve(dirname(file), path);
      if (target !== file) reached.add(target);
      return complaints(target, { ...found, anchor }).map((sentence) => `${relative(root, file)}: ${sentence}`);
    }),
  );
  const lonely = files.filter((file) => relative(root, file).startsWith("docs/") && !reached.has(file));
  return [...findings, ...lonely.map((file) => `${relative(root, file)}: nothing links to it`)];
};

interface Link {
  readonly text: string;
  readonly target: string;
}

const markdownFiles = (folder: string, root: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : markdownFiles(path, root);
    return entry.name.endsWith(".md") ? [path] : [];
  });

const linksOf = (text: string): readonly Link[] => {
  // What stands in code is no link; but a link's own text may be code, and only its brackets count.
  const prose = text.replace(code, (match) => (match.startsWith("```") ? "" : match.replace(/[[\]()]/g, "_")));
  return [...prose.matchAll(link)]
    .map(([, shown = "", target = ""]) => ({ text: shown, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
};

const complaints = (
  target: string,
  { text, target: written, anchor }: Link & { readonly anchor: string | undefined },
): readonly string[] => {
  if (!existsSync(target)) return [`${written} leads nowhere`];
  const isFile = statSync(target).isFile();
  if (anchor !== undefined && !(isFile && headingsOf(readFileSync(target, "utf8")).has(anchor)))
    return [`${written} names a heading that is not there`];
  const quotation = quoted.exec(text)?.[1];
  if (quotation === undefined || (isFile && readFileSync(target, "utf8").includes(quotation))) return [];
  return [`${written} does not hold what is quoted from it: ${quotation}`];
};

const headingsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
