/** Which packages each package may import (design, section 2). Tests may import more: they stand outside the floors. */
export const floorTable: Readonly<Record<string, readonly string[]>> = {
  core: [],
  "store-sqlite": ["core"],
  "tools-fs": ["core"],
  "tools-session": ["core"],
  "tools-web": ["core"],
  testkit: ["core"],
  sdk: ["core"],
  runner: ["core"],
  http: ["core"],
  inspector: ["core", "sdk"],
};

/** Which folders alone may import a vendor's package, so that exchanging it touches one folder. */
export const vendorFolders: Readonly<Record<string, readonly string[]>> = {
  ai: ["packages/runner/src/model", "bench/src"],
  kysely: ["packages/store-sqlite/src"],
  "better-sqlite3": ["packages/store-sqlite/src", "bench/src", "torture/src"],
  unbash: ["packages/tools-fs/src/command"],
  "@vscode/ripgrep": ["packages/tools-fs/src/search", "bench/src"],
  preact: ["packages/inspector/src/page"],
  "eventsource-parser": ["packages/sdk/src"],
  yaml: ["packages/tools-session/src/skills"],
  hono: ["packages/http/src"],
  "@hono/node-server": ["packages/http/src/node"],
  undici: ["packages/tools-web/src/fetch"],
  "ipaddr.js": ["packages/tools-web/src/fetch"],
  htmlparser2: ["packages/tools-web/src/html"],
  turndown: ["bench/src"],
  tapable: ["packages/core/src/plugin", "packages/runner/src/location"],
};
