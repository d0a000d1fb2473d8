import { nodeFileSystem } from "../node-file-system.ts";
import { PathService } from "./path-service.ts";

/** Paths of this machine: searches and commands run here, whatever file system the other tools have. */
export const localPaths = new PathService(nodeFileSystem);
