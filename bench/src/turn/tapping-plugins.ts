import { definePlugin } from "@holdfast/core/plugin";

import type { Plugin } from "@holdfast/core/plugin";

/** Plugins that tap every hook, look at what they are given, and leave it as it is. */
export const tappingPlugins = (count: number): readonly Plugin[] =>
  Array.from({ length: count }, (_, index) =>
    definePlugin({
      name: `tapping-${index}`,
      setup: ({ hooks }) => {
        hooks.opening.tapPromise(async () => {});
        hooks.opened.tapPromise(async () => {});
        hooks.closing.tapPromise(async () => {});
        hooks.contextCollecting.tapPromise(async (collection) =>
          collection.sources.length > 100 ? undefined : collection,
        );
        hooks.toolsCollecting.tapPromise(async (collection) =>
          collection.tools.length > 100 ? undefined : collection,
        );
        hooks.requestPreparing.tapPromise(async (request) => (request.messages.length === 0 ? undefined : request));
        hooks.toolCallPreparing.tapPromise(async (call) => (call.tool === "" ? undefined : call));
        hooks.toolCallAuthorizing.tapPromise(async (call) => (call.effect === "deny" ? undefined : call));
        hooks.toolResultShaping.tapPromise(async (result) => (result.content === "" ? undefined : result));
        hooks.compactionPreparing.tapPromise(async (compaction) => (compaction.agent === "" ? undefined : compaction));
        hooks.eventsCommitted.tapPromise(async () => {});
      },
    }),
  );
