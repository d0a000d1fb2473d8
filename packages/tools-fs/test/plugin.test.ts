import { describePlugin } from "@holdfast/testkit/contract";

import { fsTools } from "../src/index.ts";

describePlugin({
  plugin: () => fsTools(),
  tools: ["read", "write", "edit", "apply_patch", "glob", "grep", "bash"],
  sources: ["fs/environment"],
  hooks: ["contextCollecting"],
});
