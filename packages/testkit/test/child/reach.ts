// Reaches points named on the command line, one line of output before each, and one at the end.
import { faultPointsFromEnvironment } from "../../src/fault.ts";

const faults = faultPointsFromEnvironment();
for (const point of process.argv.slice(2)) {
  process.stdout.write(`${point}\n`);
  faults?.reach(point);
}
process.stdout.write("end\n");
