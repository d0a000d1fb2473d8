import { ToolFailure } from "@holdfast/core/tool";

import { findProgram, isExecutable } from "../find-program.ts";

const binary = process.platform === "win32" ? "rg.exe" : "rg";

/**
 * Where ripgrep is: in the package for this platform, which npm installs beside @vscode/ripgrep, else on PATH. Looked for when it is
 * first needed.
 *
 * @throws ToolFailure where there is none, with how to get one.
 */
export const findRipgrep = async (searchPath = process.env["PATH"] ?? ""): Promise<string> => {
  const packaged = await packagedRipgrep();
  if (packaged !== undefined) return packaged;
  const onPath = await findProgram(binary, searchPath);
  if (onPath !== undefined) return onPath;
  throw new ToolFailure(
    `Expected ripgrep, found neither the package @vscode/ripgrep-${process.platform}-${process.arch} nor "${binary}" on PATH. Whoever runs this host can install one of them: "npm install @vscode/ripgrep" with its optional dependencies, or the system's package "ripgrep". Until then, search with a command.`,
  );
};

let packaged: Promise<string | undefined> | undefined;

const packagedRipgrep = async (): Promise<string | undefined> => {
  packaged ??= import("@vscode/ripgrep").then(
    async ({ rgPath }) => ((await isExecutable(rgPath)) ? rgPath : undefined),
    // It throws on import where the platform's package was left out.
    () => undefined,
  );
  return packaged;
};
