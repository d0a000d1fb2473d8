// Calls a tool as a user without rights, and prints what the model would read. Arguments: directory, tool, input as JSON.
import { Stage } from "../harness.ts";

import type { JsonObject } from "@holdfast/core";
import type { FsToolName } from "../../src/index.ts";

const [directory = "", tool = "", input = "{}"] = process.argv.slice(2);
const stage = new Stage({}, directory);
// After everything is loaded: this user could not read the sources.
process.setgid?.(65_534);
process.setuid?.(65_534);
const said = await stage.show(tool as FsToolName, JSON.parse(input) as JsonObject).catch((error: unknown) => {
  if (error instanceof Error && error.name === "ToolFailure") return `ToolFailure: ${error.message}`;
  throw error;
});
process.stdout.write(said);
