// Entry ".": the page, as files for a server to hand out.
export { inspectorAssets } from "./inspector-assets.ts";

export type { InspectorAsset } from "./inspector-assets.ts";
