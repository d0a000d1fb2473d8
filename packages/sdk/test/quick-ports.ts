import { systemPorts } from "../src/system-ports.ts";

import type { ClientPorts } from "../src/client-options.ts";

/** Ports that sleep no longer than a turn of the loop, and keep how long they were asked to. Randomness is at its upper end. */
export const quickPorts = (): ClientPorts & { readonly slept: readonly number[] } => {
  const slept: number[] = [];
  return {
    ...systemPorts,
    slept,
    random: () => 0.999,
    sleep: (ms, signal) => {
      slept.push(ms);
      return systemPorts.sleep(0, signal);
    },
  };
};
