// Entry "./contract": the suites, for whoever implements a contract of core. Needs vitest.
export { describeHoldfast } from "./facade-contract/describe-holdfast.ts";
export { describeStore } from "./store-contract/describe-store.ts";

export type { FacadeOptions, FacadeSubject } from "./facade-contract/facade-subject.ts";
export type { StoreSubject } from "./store-contract/store-subject.ts";
