import { describePlugin, describeTool } from "@holdfast/testkit/contract";

import { braveSearch, webTools } from "../src/index.ts";
import { freePort } from "./free-port.ts";
import { WebWorld } from "./web-world.ts";

import type { ToolCase } from "@holdfast/testkit/contract";

// The same in each world: a case's input names it before its world is open.
const port = await freePort();
const site = `http://site.example:${port}`;

const serves =
  (path: string, html: string) =>
  ({ routes }: WebWorld): void => {
    routes[path] = html;
  };

const otherwise: ToolCase<WebWorld>["otherwise"] = [
  serves("/page", "<p>something else"),
  ({ routes }) => {
    routes["/page"] = (_request, response) => void response.writeHead(302, { location: "http://other.example/" }).end();
  },
];

describeTool<WebWorld>({
  tool: "webfetch",
  replay: "safe",
  open: () => WebWorld.open(port),
  invalid: [
    {},
    { url: "" },
    { url: `${site}/page`, format: "pdf" },
    { url: `${site}/page`, timeoutMs: 0 },
    { url: `${site}/page`, timeoutMs: 120_001 },
  ],
  cases: [
    {
      name: "a page",
      input: { url: `${site}/page` },
      setup: serves("/page", "<h1>Title</h1><p>Text"),
      otherwise,
      swap: (world) => {
        world.address = "127.0.0.9";
      },
    },
    {
      name: "a long page",
      input: { url: `${site}/page`, format: "text" },
      setup: serves("/page", `<p>${"a line<br>".repeat(10_000)}`),
    },
  ],
});

describeTool<WebWorld>({
  tool: "websearch",
  replay: "safe",
  open: () => WebWorld.open(port),
  invalid: [{}, { query: "" }, { query: "x".repeat(401) }, { query: "x", count: 0 }, { query: "x", count: 21 }],
  cases: [
    {
      name: "two results",
      input: { query: "holdfast" },
      setup: ({ routes }) => {
        routes["/res/v1/web/search"] = JSON.stringify({
          web: {
            results: ["a", "b"].map((name) => ({ title: name, url: `https://${name}.example/`, description: "d" })),
          },
        });
      },
      otherwise: [serves("/res/v1/web/search", "no JSON"), serves("/res/v1/web/search", "{}")],
    },
  ],
});

describePlugin({
  plugin: () => webTools({ search: [braveSearch({ apiKey: "key" })] }),
  tools: ["webfetch", "websearch"],
});
