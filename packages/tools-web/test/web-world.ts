import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { braveSearch, webTools } from "../src/index.ts";
import { openServer } from "./web-server.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { CallWatch, ToolWorld, WorldSnapshot } from "@holdfast/testkit/contract";
import type { Route, WebServer } from "./web-server.ts";

/** A web of one server under a few names, whose resolver is watched. */
export class WebWorld implements ToolWorld {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-web-")));
  readonly #server: WebServer;
  readonly routes: Record<string, Route>;
  /** What `site.example` resolves to. */
  address = "127.0.0.1";

  private constructor(server: WebServer, routes: Record<string, Route>) {
    this.#server = server;
    this.routes = routes;
  }

  static async open(port = 0): Promise<WebWorld> {
    const routes: Record<string, Route> = {};
    return new WebWorld(await openServer(routes, port), routes);
  }

  get port(): number {
    return this.#server.port;
  }

  plugin(watch: CallWatch): Plugin {
    const resolver = { resolve: (name: string) => watch.around(`resolve ${name}`, async () => [this.address]) };
    return webTools({
      resolver,
      privateHosts: [`site.example:${this.port}`, `search.example:${this.port}`],
      search: [braveSearch({ apiKey: "key", endpoint: `http://search.example:${this.port}` })],
    });
  }

  async snapshot(): Promise<WorldSnapshot> {
    return {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
