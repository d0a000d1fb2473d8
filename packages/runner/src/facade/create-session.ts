import { realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { HoldfastError } from "@holdfast/core";

import { resolveModel } from "../model/resolve-model.ts";
import { deniesInForce } from "../session/open-lane.ts";
import { rulesFrom } from "../session/session-row.ts";
import { sessionNotFound } from "./arguments.ts";

import type { Rule } from "@holdfast/core";
import type { SessionRow } from "@holdfast/core/store";
import type * as z from "zod";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

type CreateArguments = z.output<typeof argumentSchemas.create>;

/**
 * Creates a session, or returns the stored one of the same ID: concurrent creators converge on whichever was first.
 *
 * @throws location.not-found, model.unknown, session.not-found (for the parent)
 */
export const createSession = async (kernel: Kernel, options: CreateArguments): Promise<SessionRow> => {
  const { store, ids } = kernel.services;
  const sessionId = options.id ?? ids.next("ses");
  const stored = options.id === undefined ? null : await store.session(sessionId);
  if (stored !== null) return stored;
  const directory = await canonicalDirectory(options.location.directory);
  const { workspaceId } = options.location;
  // What cannot run is told now, not when the first prompt fails.
  if (options.model !== undefined) await resolveModel(options.model, kernel.services.model);
  const parent = await parentOf(kernel, options.parentId);
  const draft = kernel.committer.draft("session.created", {
    location: { directory, ...(workspaceId === undefined ? {} : { workspaceId }) },
    project: await projectOf(directory),
    agent: options.agent,
    title: options.title,
    denies: inheritedDenies(kernel, parent),
    ...(parent === undefined ? {} : { parentId: parent.sessionId, rootId: parent.rootId }),
    ...(options.model === undefined ? {} : { model: options.model }),
  });
  try {
    await kernel.committer.commit({ sessionId, events: [draft], expectedSeq: -1 });
  } catch (error) {
    if (options.id === undefined || !HoldfastError.isInstance(error, "store.sequence-conflict")) throw error;
  }
  const created = await store.session(sessionId);
  if (created === null) throw sessionNotFound(sessionId);
  return created;
};

/** @throws location.not-found where there is no such directory. */
const canonicalDirectory = async (directory: string): Promise<string> => {
  try {
    const canonical = await realpath(directory);
    if ((await stat(canonical)).isDirectory()) return canonical;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  throw new HoldfastError("location.not-found", {
    message: `Expected a directory that can be read at ${directory}, found none. Create it, or name another one.`,
    data: { directory },
  });
};

/** The nearest directory upwards that holds `.git`: what approvals are scoped to. The directory itself where none does. */
const projectOf = async (directory: string): Promise<string> => {
  for (let at = directory; ; at = dirname(at)) {
    const isRoot = await stat(join(at, ".git")).then(
      () => true,
      () => false,
    );
    if (isRoot) return at;
    if (at === dirname(at)) return directory;
  }
};

/** @throws session.not-found where there is no such parent. */
const parentOf = async (
  { services }: Kernel,
  parentId: CreateArguments["parentId"],
): Promise<SessionRow | undefined> => {
  if (parentId === undefined) return undefined;
  const parent = await services.store.session(parentId);
  if (parent === null) throw sessionNotFound(parentId);
  return parent;
};

/** The denies that bind a child: its parent's own and the ones that bind the parent. Copied, so that deleting it lifts nothing. */
const inheritedDenies = ({ services }: Kernel, parent: SessionRow | undefined): Rule[][] =>
  parent === undefined
    ? []
    : [...rulesFrom(parent.denies).map((rules) => [...rules]), ...deniesInForce(services, parent)];
