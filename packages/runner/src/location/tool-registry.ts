import { canonicalJson, HoldfastError } from "@holdfast/core";
import { isTool } from "@holdfast/core/tool";
import * as z from "zod";

import { sha256 } from "../ports/sha256.ts";

import type { JSONSchema7 } from "@ai-sdk/provider";
import type { JsonValue } from "@holdfast/core";
import type { Plugin } from "@holdfast/core/plugin";
import type { Tool } from "@holdfast/core/tool";
import type { UseCount } from "./use-count.ts";

/** A tool as it is advertised: with the schema that the model sees, and a hash of all that the model was told. */
export interface RegisteredTool {
  readonly tool: Tool;
  readonly plugin: { readonly name: string; readonly version?: string };
  /** Who runs a call of it now: its plugin is not closed before they are done, or have had their time. */
  readonly uses: UseCount;
  readonly inputSchema: JSONSchema7;
  /**
   * SHA-256 of name, description and input schema. The replay policy is no part of it: that of a begun call is recorded with it, and the
   * stricter of then and now is obeyed.
   */
  readonly definition: string;
}

/** The tools of one moment, by name. Never changed: a running step keeps the set that it captured. */
export type ToolSet = ReadonlyMap<string, RegisteredTool>;

/** Whoever registers: what a plugin that is being set up has registered is not listed yet. */
export interface Registrar {
  readonly plugin: Plugin;
  readonly uses: UseCount;
  readonly isListed: boolean;
}

/** The tools of one Location. The latest registration of a name wins; closing it reveals the one below. */
export class ToolRegistry {
  readonly #registrations: { readonly registered: RegisteredTool; readonly registrar: Registrar }[] = [];
  #current: ToolSet | undefined;

  /** @throws plugin.invalid for what is no tool, or has an input that no provider could be told of. */
  register(tool: Tool, registrar: Registrar): Disposable {
    const registration = { registered: toRegistered(tool, registrar), registrar };
    this.#registrations.push(registration);
    this.changed();
    return {
      [Symbol.dispose]: () => {
        const index = this.#registrations.indexOf(registration);
        if (index >= 0) this.#registrations.splice(index, 1);
        this.changed();
      },
    };
  }

  /** Forgets what was captured: other plugins are listed now. */
  changed(): void {
    this.#current = undefined;
  }

  /** The tools as they are now. */
  capture(): ToolSet {
    this.#current ??= new Map(
      this.#registrations.flatMap(({ registered, registrar }) =>
        registrar.isListed ? [[registered.tool.name, registered] as const] : [],
      ),
    );
    return this.#current;
  }

  /** Whether a tool of an earlier capture is still the one of its name. */
  isCurrent(registered: RegisteredTool): boolean {
    return this.capture().get(registered.tool.name) === registered;
  }
}

const toRegistered = (tool: Tool, { plugin, uses }: Registrar): RegisteredTool => {
  if (!isTool(tool)) {
    throw new HoldfastError("plugin.invalid", {
      message: `Plugin "${plugin.name}" registered something that is no tool. Make it with defineTool of @holdfast/core/tool.`,
      data: { plugin: plugin.name },
    });
  }
  const inputSchema = toInputSchema(tool, plugin);
  const told: JsonValue = {
    name: tool.name,
    description: tool.description,
    input: inputSchema as JsonValue,
  };
  return {
    tool,
    plugin: { name: plugin.name, ...(plugin.version === undefined ? {} : { version: plugin.version }) },
    uses,
    inputSchema,
    definition: sha256(canonicalJson(told)),
  };
};

const toInputSchema = (tool: Tool, plugin: Plugin): JSONSchema7 => {
  try {
    return z.toJSONSchema(tool.input, { io: "input" }) as JSONSchema7;
  } catch (error) {
    throw new HoldfastError("plugin.invalid", {
      message: `The input of tool "${tool.name}" of plugin "${plugin.name}" has no JSON Schema: ${String(error)}. Use zod types that JSON can carry.`,
      data: { plugin: plugin.name, tool: tool.name },
      cause: error,
    });
  }
};
