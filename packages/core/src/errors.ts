// Entry "./errors": the error and its codes alone, for whoever must not load the schemas, such as a client in a browser.
export { errorCatalogue } from "./errors/catalogue.ts";
export { HoldfastError } from "./errors/holdfast-error.ts";

export type { ErrorCode, ErrorData, ErrorEntry } from "./errors/catalogue.ts";
export type { HoldfastErrorOptions } from "./errors/holdfast-error.ts";
