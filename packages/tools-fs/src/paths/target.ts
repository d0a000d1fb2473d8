import { realpath, stat } from "node:fs/promises";

import { ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { toFileFailure } from "../files/file-failure.ts";
import { toResource } from "./lexical-path.ts";

import type { LexicalPath } from "./lexical-path.ts";

/** What of a target is recorded in an effect: enough to recognise the very same file or directory later. */
export const targetSchema = z.looseObject({
  /** Its canonical path, relative to the Location. */
  path: z.string(),
  kind: z.enum(["file", "directory"]),
  /** Device and inode in decimal: they may be larger than a number can say exactly. */
  device: z.string(),
  inode: z.string(),
});

/** What tells a target from every other. */
export type TargetIdentity = {
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly device: string;
  readonly inode: string;
};

/** A file or directory inside the Location, with every link followed. */
export interface Target extends TargetIdentity {
  readonly absolute: string;
  /** The Location's directory with every link followed: what the path is relative to. */
  readonly root: string;
}

/**
 * Follows a path to the file or directory that it stands for.
 *
 * @throws ToolFailure where there is none, where a link leads out of the Location, or where it is a device, a pipe or a socket.
 */
export const resolveTarget = async ({ absolute, resource }: LexicalPath, directory: string): Promise<Target> => {
  try {
    const [root, canonical] = [await realpath(directory), await realpath(absolute)];
    const path = toResource(canonical, root);
    if (path === undefined) {
      throw new ToolFailure(
        `${resource} is a symbolic link, or below one, that leads out of ${directory}. Only what is inside it can be used.`,
      );
    }
    return { absolute: canonical, root, path, ...(await identify(canonical, resource)) };
  } catch (error) {
    throw toFileFailure(error, resource);
  }
};

/** Whether two targets are the same file or directory at the same place. */
export const isSameTarget = (left: TargetIdentity, right: TargetIdentity): boolean =>
  left.path === right.path && left.kind === right.kind && left.device === right.device && left.inode === right.inode;

const identify = async (canonical: string, resource: string): Promise<Pick<Target, "kind" | "device" | "inode">> => {
  // stat opens nothing, so that a pipe without a writer cannot make it wait.
  const found = await stat(canonical, { bigint: true });
  const identity = { device: String(found.dev), inode: String(found.ino) };
  if (found.isFile()) return { kind: "file", ...identity };
  if (found.isDirectory()) return { kind: "directory", ...identity };
  throw new ToolFailure(
    `Expected a regular file or a directory at ${resource}, found a device, a pipe or a socket. These cannot be used.`,
  );
};
