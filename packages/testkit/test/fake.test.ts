import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

import { createFakeHoldfast } from "@holdfast/testkit";
import { describeHoldfast } from "@holdfast/testkit/contract";

import type { Plugin } from "@holdfast/core/plugin";
import type { Tool } from "@holdfast/core/tool";

/** The tools that a plugin of the suite registers: a fake sets no plugins up. */
const toolsOf = async (plugins: readonly Plugin[]): Promise<readonly Tool[]> => {
  const tools: Tool[] = [];
  for (const plugin of plugins) await plugin.setup({ tools: { register: (tool: Tool) => tools.push(tool) } } as never);
  return tools;
};

const place = (named: string) => {
  if (!existsSync(named)) return null;
  const directory = realpathSync(named);
  for (let at = directory; at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, ".git"))) return { directory, project: at };
  return { directory, project: directory };
};

const noPlugins = "a fake sets no plugins up, and opens no Locations";
const noCompaction = "a fake compacts nothing";
const noFiles = "a fake looks at no files, and lists none";

describeHoldfast("fake", {
  create: async ({ plugins, ...options }) =>
    createFakeHoldfast({
      ...options,
      tools: await toolsOf(plugins),
      place,
      knowsModel: ({ id }) => id !== "unknown",
    }),
  deviations: {
    "a Location is listed from its first execution on, with its plugins, tools and rules": noPlugins,
    "taps are listed with whose they are, how often they were asked and failed, and how long they took": noPlugins,
    "a request to compact is admitted once, puts a summary before the newest exchange, and takes nothing from the messages":
      noCompaction,
    "a request to compact that waits is listed as one, can be withdrawn, and can not be replaced": noCompaction,
    "a Location's files are listed by name and kind, and links out of it are told as links alone": noFiles,
    "a path that leads out of the Location is refused, by dots, by a root or by a link, whether or not there is anything":
      noFiles,
    "of a directory with many files a bounded list is told, and that there are more": noFiles,
    "a stream that breaks keeps what had arrived, marked as cut, and the answer goes on in a new message":
      "a fake makes no request twice, so an answer that breaks fails its execution",
  },
});
