import { expect, it } from "vitest";

import { inspectorAssets } from "@holdfast/inspector";

it("the page is three files, and loads nothing but them", async () => {
  const assets = await inspectorAssets();
  expect([...assets].map(([path, { type }]) => [path, type.split(";")[0]])).toEqual([
    ["/", "text/html"],
    ["/inspector", "text/html"],
    ["/inspector/page.js", "text/javascript"],
    ["/inspector/page.css", "text/css"],
  ]);
  const textOf = (path: string): string => new TextDecoder().decode(assets.get(path)?.bytes);
  const html = textOf("/");
  expect([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target = ""]) => target.slice(0, 19))).toEqual([
    "data:image/svg+xml,",
    "/inspector/page.css",
    "/inspector/page.js",
  ]);
  expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|style=/);
  expect(textOf("/inspector/page.js")).not.toMatch(/\beval\(|new Function\(/);
});
