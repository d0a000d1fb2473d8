import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessageChunk, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import { tool } from "@langchain/core/tools";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";

import {
  callInputOf,
  chunk,
  chunks,
  deltasPerTurn,
  instructions,
  promptOf,
  toolInput,
  toolName,
  toolResult,
} from "./script.ts";

import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import type { Player } from "./holdfast-turn.ts";

/** The script of the turn as a chat model of LangChain's: 50 chunks of text and a call, then 50 chunks of text. */
class ScriptedChat extends BaseChatModel {
  override _llmType(): string {
    return "scripted";
  }

  override _generate(): Promise<ChatResult> {
    throw new TypeError("a scripted model streams only");
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    _options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for (let index = 0; index < chunks; index++) {
      const message = new AIMessageChunk({ content: chunk });
      const generation = new ChatGenerationChunk({ message, text: chunk });
      yield generation;
      await runManager?.handleLLMNewToken(chunk, undefined, undefined, undefined, undefined, { chunk: generation });
    }
    const last = messages.at(-1);
    if (last?.type === "tool") return;
    const turn = Number(/^Turn (\d+)/.exec(last?.text ?? "")?.[1] ?? 0);
    const args = JSON.stringify(callInputOf(turn));
    const call = { name: toolName, args, id: `call-${turn}`, index: 0, type: "tool_call_chunk" as const };
    yield new ChatGenerationChunk({ message: new AIMessageChunk({ content: "", tool_call_chunks: [call] }), text: "" });
  }
}

/** A peer: the same turn as a graph of LangGraph's, checkpointed by its own SQLite saver, in one thread, with a reader that takes every delta. */
export const openLangGraph = (path: string): Player => {
  const saver = SqliteSaver.fromConnString(path);
  const model = new ScriptedChat({});
  const read = tool(() => toolResult, { name: toolName, description: "Reads a file", schema: toolInput });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("agent", async ({ messages }) => ({
      messages: [await model.invoke([new SystemMessage(instructions), ...messages])],
    }))
    .addNode("tools", new ToolNode([read]))
    .addEdge(START, "agent")
    .addConditionalEdges("agent", toolsCondition)
    .addEdge("tools", "agent")
    .compile({ checkpointer: saver });
  return {
    turn: async (index) => {
      const stream = await graph.stream(
        { messages: [new HumanMessage(promptOf(index))] },
        { configurable: { thread_id: "one" }, streamMode: "messages" },
      );
      let deltas = 0;
      for await (const [message] of stream) if (message.type === "ai" && message.content !== "") deltas += 1;
      if (deltas !== deltasPerTurn) throw new Error(`expected ${deltasPerTurn} deltas, found ${deltas}`);
    },
    [Symbol.asyncDispose]: async () => void saver.db.close(),
  };
};
