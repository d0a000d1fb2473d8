import * as z from "zod";

import type { FileStat } from "../file-system.ts";

/** What of a target is recorded in an effect: enough to recognise the very same file or directory later. */
export const targetSchema = z.looseObject({
  /** Its canonical path, relative to the Location. */
  path: z.string(),
  kind: z.enum(["file", "directory"]),
  /** Device and inode in decimal: they may be larger than a number can say exactly. */
  device: z.string(),
  inode: z.string(),
});

/** What tells a target from every other. A type, and no interface, so that it is JSON. */
export type TargetIdentity = {
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly device: string;
  readonly inode: string;
};

/** A file or directory inside the Location, with every link followed. */
export interface Target extends TargetIdentity {
  readonly absolute: string;
}

/** What of a target goes into an effect. */
export const toIdentity = ({ path, kind, device, inode }: TargetIdentity): TargetIdentity => ({
  path,
  kind,
  device,
  inode,
});

/** Whether two targets are the same file or directory at the same place. */
export const isSameTarget = (left: TargetIdentity, right: TargetIdentity): boolean =>
  left.path === right.path && left.kind === right.kind && left.device === right.device && left.inode === right.inode;

/** Whether an open file is the target. */
export const isTarget = ({ kind, device, inode }: FileStat, target: TargetIdentity): boolean =>
  kind === target.kind && device === target.device && inode === target.inode;
