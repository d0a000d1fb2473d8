// A host that runs commands, all at once: started by a test, and killed by it.
import { Stage } from "../harness.ts";

const [directory, endAfterMs, ...commands] = process.argv.slice(2);
const stage = new Stage({}, directory);
const running = Promise.all(commands.map((command) => stage.run("bash", { command })));
// Not waited for where the host is to end by itself.
if (endAfterMs === "never") await running;
else setTimeout(() => process.exit(0), Number(endAfterMs));
