import { basename, dirname, join } from "node:path";

import { ToolFailure } from "@holdfast/core/tool";

import { isNothingThere, toFileFailure } from "../files/file-failure.ts";
import { toLexicalPath, toResource } from "./lexical-path.ts";
import { isSamePlace } from "./place.ts";
import { isSameTarget, targetSchema } from "./target.ts";

import type { JsonValue } from "@holdfast/core";
import type { ExecuteContext, PrepareContext } from "@holdfast/core/tool";
import type { FileStat, FileSystem } from "../file-system.ts";
import type { LexicalPath } from "./lexical-path.ts";
import type { Place, RecordedPlace } from "./place.ts";
import type { Target, TargetIdentity } from "./target.ts";

/** What a path is wanted for. */
export interface PathUse {
  /** As permission rules spell it. */
  readonly action: "read" | "edit";
  readonly ctx: PrepareContext;
  /** What a person is shown of what would be done. */
  readonly preview?: JsonValue | undefined;
}

/**
 * Follows paths inside a Location. The rules are asked by a path's text before anything on the disk is looked at, so that a refusal says
 * nothing of what is there; and again where links lead elsewhere, so that a link is no way around a rule. What was approved is
 * recognised again right before it is used, by device and inode.
 */
export class PathService {
  readonly files: FileSystem;

  constructor(files: FileSystem) {
    this.files = files;
  }

  /**
   * The target of a path that the rules allow.
   *
   * @throws ToolFailure for a path that leads out, or to nothing that can be used.
   */
  async authorize(path: string, use: PathUse): Promise<Target> {
    const { action, ctx, preview } = use;
    const lexical = await this.#assertLexical(path, use);
    const target = await this.resolve(lexical, ctx.location.directory);
    if (target.path !== lexical.resource) await ctx.permission.assert({ action, resources: [target.path], preview });
    return target;
  }

  /**
   * What stands at a path that the rules allow, or nothing yet.
   *
   * @throws ToolFailure for a path that leads out, or at which nothing could be.
   */
  async authorizePlace(path: string, use: PathUse): Promise<Place> {
    const { action, ctx, preview } = use;
    const lexical = await this.#assertLexical(path, use);
    const place = await this.resolvePlace(lexical, ctx.location.directory);
    if (place.path !== lexical.resource) await ctx.permission.assert({ action, resources: [place.path], preview });
    return place;
  }

  /**
   * The target that was recorded before the call began, if it is still the same one.
   *
   * @throws ToolFailure where something else stands in its place by now.
   */
  async recheck({ effect, location }: Pick<ExecuteContext, "effect" | "location">): Promise<Target> {
    return this.recheckTarget(targetSchema.parse(effect), location.directory);
  }

  /** @throws ToolFailure where something else stands in the target's place by now. */
  async recheckTarget(approved: TargetIdentity, directory: string): Promise<Target> {
    const target = await this.resolve(toLexical(approved.path, directory), directory);
    if (isSameTarget(approved, target)) return target;
    throw replacedFailure(approved.path);
  }

  /** @throws ToolFailure where the place is another one by now, or something stands in it. */
  async recheckPlace(approved: RecordedPlace, directory: string): Promise<Place> {
    const place = await this.resolvePlace(toLexical(approved.path, directory), directory);
    if (isSamePlace(approved, place)) return place;
    throw replacedFailure(approved.path);
  }

  /** @throws ToolFailure where the canonical path of before leads elsewhere by now. */
  async recheckPath(path: string, directory: string): Promise<Place> {
    const place = await this.resolvePlace(toLexical(path, directory), directory);
    if (place.path === path) return place;
    throw replacedFailure(path);
  }

  /**
   * Follows a path to the file or directory that it stands for.
   *
   * @throws ToolFailure where there is none, where a link leads out of the Location, or where it is a device, a pipe or a socket.
   */
  async resolve({ absolute, resource }: LexicalPath, directory: string): Promise<Target> {
    try {
      return await this.#follow({ absolute, resource }, directory);
    } catch (error) {
      throw toFileFailure(error, resource);
    }
  }

  /** Follows a path as far as there is something. */
  async resolvePlace(lexical: LexicalPath, directory: string): Promise<Place> {
    const missing: string[] = [];
    for (let absolute = lexical.absolute; ; absolute = dirname(absolute)) {
      try {
        const found = await this.#follow({ absolute, resource: lexical.resource }, directory);
        return missing.length === 0 ? { kind: "taken", path: found.path, target: found } : toFree(found, missing);
      } catch (error) {
        const isAtTop = absolute === directory || dirname(absolute) === absolute;
        if (!isNothingThere(error) || isAtTop) throw toFileFailure(error, lexical.resource);
        missing.unshift(basename(absolute));
      }
    }
  }

  async #assertLexical(path: string, { action, ctx, preview }: PathUse): Promise<LexicalPath> {
    const lexical = toLexicalPath(path, ctx.location.directory);
    await ctx.permission.assert({ action, resources: [lexical.resource], preview });
    ctx.signal.throwIfAborted();
    return lexical;
  }

  async #follow({ absolute, resource }: LexicalPath, directory: string): Promise<Target> {
    const [root, canonical] = [await this.files.realpath(directory), await this.files.realpath(absolute)];
    const path = toResource(canonical, root);
    if (path === undefined) {
      throw new ToolFailure(
        `${resource} is a symbolic link, or below one, that leads out of ${directory}. Only what is inside it can be used.`,
      );
    }
    return { absolute: canonical, path, ...usable(await this.files.stat(canonical), resource) };
  }
}

const usable = ({ kind, device, inode }: FileStat, resource: string): Pick<Target, "kind" | "device" | "inode"> => {
  if (kind === "file" || kind === "directory") return { kind, device, inode };
  throw new ToolFailure(
    `Expected a regular file or a directory at ${resource}, found a device, a pipe or a socket. These cannot be used.`,
  );
};

const toFree = (base: Target, missing: readonly string[]): Place => {
  const below = missing.join("/");
  const path = base.path === "." ? below : `${base.path}/${below}`;
  if (base.kind === "directory")
    return { kind: "free", path, absolute: join(base.absolute, ...missing), base, missing };
  throw new ToolFailure(`${base.path} is a file, so that nothing can be below it. Look at what is there first.`);
};

const toLexical = (resource: string, directory: string): LexicalPath => ({
  absolute: join(directory, resource),
  resource,
});

/** What the model reads when a target was exchanged between its approval and its use. */
export const replacedFailure = (path: string): ToolFailure =>
  new ToolFailure(
    `${path} was replaced by something else after this call was approved. Nothing was done: call it again.`,
  );
