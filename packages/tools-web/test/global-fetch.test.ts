import { expect, it } from "vitest";

import { createGuardedFetch } from "../src/index.ts";
import { openServer } from "./web-server.ts";

const dispatchers = () =>
  [1, 2].map((version): unknown => Reflect.get(globalThis, Symbol.for(`undici.globalDispatcher.${version}`)));

// In a file of its own: what is tested happens once in a process.
it("the first guarded fetch of a process leaves the global fetch its own dispatcher", async () => {
  await using server = await openServer({ "/": "there" });
  const url = `http://127.0.0.1:${server.port}/`;
  await (await fetch(url)).text();
  const before = dispatchers();
  const guard = createGuardedFetch({ privateHosts: [`127.0.0.1:${server.port}`] });
  expect(await guard.fetchText(url, { signal: new AbortController().signal })).toBe("there");
  const after = dispatchers();
  // By identity: a dispatcher is too large to be shown.
  expect(after.map((dispatcher, index) => dispatcher === before[index])).toEqual([true, true]);
  expect(await (await fetch(url)).text()).toBe("there");
});
