import type * as Undici from "undici";

let loading: Promise<typeof Undici> | undefined;

/**
 * Loads undici when it is first needed. Its entry puts its own dispatcher in the place of the one that the global fetch uses, of which it may
 * be another version: that is undone, so that a host's own requests stay as they were.
 */
export const loadUndici = async (): Promise<typeof Undici> => (loading ??= load());

const dispatchers = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));

const load = async (): Promise<typeof Undici> => {
  const before = dispatchers.map((name): unknown => Reflect.get(globalThis, name));
  const undici = await import("undici");
  for (const [index, name] of dispatchers.entries())
    if (name in globalThis) Reflect.set(globalThis, name, before[index]);
  return undici;
};
