import { createMemoryStore } from "@holdfast/testkit";
import { describeStore } from "@holdfast/testkit/contract";

describeStore("memory", { create: async () => createMemoryStore() });
