// Entry ".": the facade over HTTP.
export { createHttpHandler } from "./create-http-handler.ts";
export { openApiDocument } from "./openapi/document.ts";
export { serve } from "./node/serve.ts";

export type { Authorize, HttpAction, HttpHandlerOptions } from "./handler-options.ts";
export type { HttpAsset, HttpAssets } from "./answer/asset.ts";
export type { HttpConnection, HttpHandler } from "./create-http-handler.ts";
export type { HttpLimits } from "./limits.ts";
export type { HttpServer } from "./node/serve.ts";
export type { ServeOptions, ServerLimits } from "./node/server-options.ts";
