import { pageFiles } from "./page-files.ts";

/** A file of the page. */
export interface InspectorAsset {
  /** The value of `Content-Type`. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The files of the inspector's page by their paths, for the option `assets` of `@holdfast/http`: the page at `/` and `/inspector`, what it loads
 * below `/inspector/`. It calls the server that it came from, through `@holdfast/sdk`, and loads nothing from anywhere else. The files hold nothing
 * of a session or a machine.
 */
export const inspectorAssets = async (): Promise<ReadonlyMap<string, InspectorAsset>> => {
  const { html, script, style } = await pageFiles();
  const page = asset("text/html; charset=utf-8", html);
  return new Map([
    ["/", page],
    ["/inspector", page],
    ["/inspector/page.js", asset("text/javascript; charset=utf-8", script)],
    ["/inspector/page.css", asset("text/css; charset=utf-8", style)],
  ]);
};

const asset = (type: string, text: string): InspectorAsset => ({ type, bytes: new TextEncoder().encode(text) });
