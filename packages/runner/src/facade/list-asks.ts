import { HoldfastError, sessionIdSchema } from "@holdfast/core";

import { expireAsk, isDue } from "../session/expire-asks.ts";
import { toAskInfo } from "./ask-info.ts";
import { noSession } from "./no-session.ts";

import type { AskInfo, AskPage } from "@holdfast/core";
import type { AskQuery, AskRow } from "@holdfast/core/store";
import type * as z from "zod";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/** A page of open asks. Those whose time has passed are ended by the way. */
export const listAsks = async (
  kernel: Kernel,
  { sessionId, rootId, limit, page }: z.output<typeof argumentSchemas.listAsks>,
): Promise<AskPage> => {
  const { store } = kernel.services;
  for (const id of [sessionId, rootId])
    if (id !== undefined && (await store.session(id)) === null) throw await noSession(store, id);
  const after = page === undefined ? undefined : fromPage(page);
  const rows = await store.asks({
    state: "open",
    limit,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(rootId === undefined ? {} : { rootId }),
    ...(after === undefined ? {} : { after }),
  });
  const asks: AskInfo[] = [];
  for (const row of rows) {
    const info = await openInfo(kernel, row);
    if (info !== undefined) asks.push(info);
  }
  const last = rows.length < limit ? undefined : rows.at(-1);
  return { asks, ...(last === undefined ? {} : { next: `${last.seq}.${last.sessionId}` }) };
};

const openInfo = async (kernel: Kernel, row: AskRow): Promise<AskInfo | undefined> => {
  const { store } = kernel.services;
  const snapshot = await store.snapshot(row.sessionId);
  if (snapshot === null) return undefined;
  if (snapshot.replica === null && isDue(kernel, row)) {
    await expireAsk(kernel, row);
    return undefined;
  }
  return toAskInfo(store, snapshot.session, row);
};

const fromPage = (page: string): NonNullable<AskQuery["after"]> => {
  const [seq = "", id] = page.split(".");
  const sessionId = sessionIdSchema.safeParse(id);
  if (/^\d{1,15}$/.test(seq) && sessionId.success) return { sessionId: sessionId.data, seq: Number(seq) };
  throw new HoldfastError("argument.invalid", {
    message: `asks.list was called with a page that none of its answers carried: ${JSON.stringify(page.slice(0, 80))}. Pass "next" of the page before, unchanged.`,
    data: { method: "asks.list" },
  });
};
