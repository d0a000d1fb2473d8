// Entry "./contract": for who writes a search backend and wants to know whether it keeps the contract. Needs vitest.
export { describeSearchBackend } from "./search-contract/describe-search-backend.ts";

export type { SearchBackendSubject } from "./search-contract/describe-search-backend.ts";
