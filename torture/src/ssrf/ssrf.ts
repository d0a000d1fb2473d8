import { networkInterfaces } from "node:os";

import { HoldfastError } from "@holdfast/core";
import { createGuardedFetch } from "@holdfast/tools-web";

import { openCanary } from "./canary.ts";
import { hostileAnswers } from "./hostile-answers.ts";
import { hostileTexts, hostileUrls } from "./hostile-urls.ts";

import type { GuardedFetch, Resolver } from "@holdfast/tools-web";
import type { Canary } from "./canary.ts";
import type { Torture } from "../torture.ts";

const codes = ["fetch.refused", "fetch.failed", "fetch.timeout"];
/** Where the servers that a fetch may reach listen; the canary has 127.0.0.1 and ::1 on the same port. */
const allowedAddress = "127.0.0.2";
const front = "front.example";

/** No URL, no answer of a resolver and no redirect leads to a server on this machine that was not allowed. */
export const ssrf: Torture = {
  name: "ssrf",
  proves:
    "no disguised URL, no name with a hostile answer (also one that changes between check and connection) and no redirect reaches a server on this machine or in a private network; each error says why",
  run: async () => {
    const broken: string[] = [];
    await using canary = await openCanary("127.0.0.1", 0);
    await using other = await openCanary("::1", canary.port).catch(() => undefined);
    const { port } = canary;
    await using _front = await openCanary(allowedAddress, port, (request, response) => {
      const target = new URL(request.url ?? "/", "http://x").searchParams.get("to");
      if (target === null) response.end("allowed");
      else response.writeHead(302, { location: target }).end();
    });
    const canaries = [canary, ...(other === undefined ? [] : [other])];
    const tried = await tryAll({ port, canaries, complain: (sentence) => void broken.push(sentence) });
    await checkControls({ port, canary, complain: (sentence) => void broken.push(sentence) });
    return { done: tried, broken };
  },
};

interface Ground {
  readonly port: number;
  readonly complain: (sentence: string) => void;
}

const tryAll = async ({ port, canaries, complain }: Ground & { readonly canaries: readonly Canary[] }) => {
  const reasons = new Map<string, number>();
  const attempt = async (url: string) => {
    const before = canaries.map((canary) => canary.connections()).join();
    const found = await tryUrl(url, port);
    if (canaries.map((canary) => canary.connections()).join() !== before) complain(`${shown(url)} reached the canary`);
    if (found.complaint !== undefined) complain(`${shown(url)}: ${found.complaint}`);
    reasons.set(found.reason, (reasons.get(found.reason) ?? 0) + 1);
  };
  const direct = [
    ...hostileUrls,
    ...hostileTexts,
    ...ownAddresses(),
    ...hostileAnswers.map(({ host }) => `http://${host}:PORT/`),
  ];
  const plain = direct.map((url) => url.replaceAll("PORT", String(port)));
  for (const url of plain) await attempt(url);
  // Sent there by a server that may be fetched from. What cannot be said in a header, or would be relative to it, was tried above.
  const targets = plain.filter(
    (url) => /^[\x21-\x7e]+$/.test(url) && /^[a-z]+:\/\/[^/]/i.test(url) && !url.includes("rebind"),
  );
  for (const url of targets) await attempt(`http://${front}:${port}/?to=${encodeURIComponent(url)}`);
  await attempt(loopOf(port));
  return {
    "URLs and answers": plain.length,
    "of them again behind a redirect": targets.length,
    ...Object.fromEntries([...reasons].map(([reason, count]) => [`refused: ${reason}`, count])),
    "connections to the canary": canaries.reduce((sum, canary) => sum + canary.connections(), 0),
  };
};

/** A redirect to a redirect to …: more of them than are followed. */
const loopOf = (port: number): string => {
  let url = `http://${front}:${port}/`;
  for (let depth = 0; depth < 6; depth++) url = `http://${front}:${port}/?to=${encodeURIComponent(url)}`;
  return url;
};

/** This machine's own addresses in its networks. */
const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address, family }) => `http://${family === "IPv6" ? `[${address}]` : address}:PORT/`);

interface Tried {
  readonly reason: string;
  readonly complaint?: string;
}

const tryUrl = async (url: string, port: number): Promise<Tried> => {
  try {
    await using response = await openGuard(port).open(url, { signal: new AbortController().signal, timeoutMs: 1_500 });
    return { reason: "none", complaint: `it was fetched, with status ${response.status}` };
  } catch (error) {
    if (!HoldfastError.isInstance(error))
      return { reason: "none", complaint: `expected an error with a code, found ${String(error)}` };
    const reason = typeof error.data["reason"] === "string" ? error.data["reason"] : error.code;
    if (!codes.includes(error.code) || error.message.length < 20)
      return { reason, complaint: `${error.code}: ${error.message}` };
    return { reason };
  }
};

/** A guarded fetch as a host opens it, that may reach `front.example` and asks the hostile resolver. */
const openGuard = (port: number, resolver = openResolver()): GuardedFetch =>
  createGuardedFetch({ resolver, ports: [80, 443, port], privateHosts: [`${front}:${port}`] });

const openResolver = (): Resolver => {
  const asked = new Map<string, number>();
  return {
    resolve: async (hostname) => {
      if (hostname === front) return [allowedAddress];
      const times = asked.get(hostname) ?? 0;
      asked.set(hostname, times + 1);
      const { answers } = hostileAnswers.find(({ host }) => host === hostname) ?? { answers: [["127.0.0.1"]] };
      return answers[Math.min(times, answers.length - 1)] ?? [];
    },
  };
};

/** That the canary is alive, that allowing a host opens it alone, and that a connection goes where the first answer said. */
const checkControls = async ({ port, canary, complain }: Ground & { readonly canary: Canary }): Promise<void> => {
  const { signal } = new AbortController();
  const read = async (guard: GuardedFetch, url: string) => guard.fetchText(url, { signal }).catch(String);
  const before = canary.connections();
  const open = createGuardedFetch({ privateHosts: [`127.0.0.1:${port}`] });
  if ((await read(open, `http://127.0.0.1:${port}/`)) !== "canary")
    complain("the canary does not answer where it is allowed");
  if (canary.connections() !== before + 1) complain("the canary does not count");
  let asked = 0;
  const turning: Resolver = { resolve: async () => [asked++ === 0 ? allowedAddress : "127.0.0.1"] };
  const pinned = await read(openGuard(port, turning), `http://${front}:${port}/`);
  if (pinned !== "allowed" || asked !== 1)
    complain(`a name that turns: expected the first address alone, found ${pinned} after ${asked} questions`);
};

const shown = (url: string): string => JSON.stringify(url.length > 120 ? `${url.slice(0, 120)}…` : url);
