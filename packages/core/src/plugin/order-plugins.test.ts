import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { orderPlugins } from "./order-plugins.ts";
import { definePlugin } from "./plugin.ts";

import type { Plugin } from "./plugin.ts";

const plugin = (name: string, requires: readonly string[] = []): Plugin =>
  definePlugin({ name, requires, setup: () => {} });

const namesOf = (plugins: readonly Plugin[]): readonly string[] => orderPlugins(plugins).map(({ name }) => name);

describe("orderPlugins", () => {
  it("leaves plugins that require nothing as they are given", () => {
    expect(namesOf([plugin("b"), plugin("a"), plugin("c")])).toEqual(["b", "a", "c"]);
  });

  it("puts each plugin after those that it requires, and changes nothing else", () => {
    const graphs = fc
      .uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 10 })
      .chain((ids) =>
        fc.tuple(
          fc.constant(ids),
          fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)), { maxLength: 20 }),
        ),
      );
    fc.assert(
      fc.property(graphs, ([ids, edges]) => {
        // An edge goes from the larger to the smaller ID, so that there is no circle.
        const requires = (id: number) => edges.flatMap(([a, b]) => (a === id && b < id ? [`p${b}`] : []));
        const given = ids.map((id) => plugin(`p${id}`, requires(id)));
        const found = orderPlugins(given);
        expect(new Set(found)).toEqual(new Set(given));
        const at = new Map(found.map(({ name }, index) => [name, index]));
        for (const { name, requires: names = [] } of found)
          for (const required of names) expect(at.get(required)).toBeLessThan(at.get(name) ?? -1);
        expect(orderPlugins(found)).toEqual(found);
      }),
    );
  });

  it("names the plugin and what it misses", () => {
    expect(() => orderPlugins([plugin("a", ["gone"])])).toThrow(/"a" requires plugin "gone"/);
  });

  it("names the plugins of a circle, in their order", () => {
    const plugins = [plugin("free"), plugin("a", ["b"]), plugin("b", ["c"]), plugin("c", ["b"])];
    expect(() => orderPlugins(plugins)).toThrow(/b -> c -> b/);
  });

  it("refuses a plugin of an API level that this core does not speak", () => {
    const later = definePlugin({ name: "later", apiLevel: 2, setup: () => {} });
    expect(() => orderPlugins([later])).toThrow(/"later" was written for API level 2/);
  });

  it("takes no plugin that requires itself", () => {
    expect(() => plugin("a", ["a"])).toThrow(expect.objectContaining({ code: "plugin.invalid" }));
  });
});
