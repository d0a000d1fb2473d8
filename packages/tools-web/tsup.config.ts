import { preset } from "../../tools/tsup/preset.ts";

export default preset(import.meta.dirname);
