import { HoldfastError } from "@holdfast/core";
import { definePlugin } from "@holdfast/core/plugin";

import { createGuardedFetch } from "./fetch/create-guarded-fetch.ts";
import { readHostPolicy } from "./fetch/host-policy.ts";
import { createWebfetchTool } from "./tools/webfetch-tool.ts";
import { createWebsearchTool } from "./tools/websearch-tool.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { GuardedFetchOptions } from "./fetch/guarded-fetch.ts";
import type { SearchBackend } from "./search/search-backend.ts";

/** What a host may choose. */
export interface WebToolsOptions extends GuardedFetchOptions {
  /** The services that `websearch` asks; of several, a session keeps to one. Default: none, and then the model has no `websearch`. */
  readonly search?: readonly SearchBackend[] | undefined;
}

/**
 * A plugin with `webfetch`, and with `websearch` where there is a backend for it.
 *
 * @throws argument.invalid for an entry of `privateHosts` that names no host, and for backends of one name or of none.
 */
export const webTools = ({ search = [], ...options }: WebToolsOptions = {}): Plugin => {
  const guard = createGuardedFetch(options);
  const names = search.map(({ name }) => name);
  const wrong = names.find((name, index) => !/^[a-z0-9-]{1,32}$/.test(name) || names.indexOf(name) !== index);
  if (wrong !== undefined) {
    throw new HoldfastError("argument.invalid", {
      message: `Expected search backends with names of their own, of 1 to 32 of a-z, 0-9 and "-"; found ${JSON.stringify(wrong)}.`,
    });
  }
  return definePlugin({
    name: "@holdfast/tools-web",
    setup: (ctx) => {
      ctx.tools.register(createWebfetchTool({ guard, hosts: readHostPolicy(options) }));
      if (search.length > 0) ctx.tools.register(createWebsearchTool({ guard, backends: search }));
    },
  });
};
