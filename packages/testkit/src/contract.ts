// Entry "./contract": the suites, for whoever implements a contract of core. Needs vitest.
export { describeHoldfast } from "./facade-contract/describe-holdfast.ts";
export { describePlugin } from "./plugin-contract/describe-plugin.ts";
export { describeStore } from "./store-contract/describe-store.ts";
export { describeTool } from "./tool-contract/describe-tool.ts";
export { createCrash, withCrash } from "./store-contract/kit-crash.ts";

export type { FacadeOptions, FacadeSubject } from "./facade-contract/facade-subject.ts";
export type { PluginSubject } from "./plugin-contract/plugin-subject.ts";
export type { DescribeStoreOptions } from "./store-contract/describe-store.ts";
export type { Crash, DyingStore, FaultyStore, StoreFaults, StoreSubject } from "./store-contract/store-subject.ts";
export type { StoreKitReportFile, StoreKitResult } from "./store-kit-report.ts";
export type { DescribeToolOptions, ToolKitReportFile } from "./tool-contract/describe-tool.ts";
export type {
  CallWatch,
  ToolCase,
  ToolLaw,
  ToolSubject,
  ToolWorld,
  WorldSnapshot,
} from "./tool-contract/tool-subject.ts";
