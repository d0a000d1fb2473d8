import { describeStore } from "@holdfast/testkit/contract";

import { memorySubject } from "./memory-subject.ts";

describeStore("memory", memorySubject);
