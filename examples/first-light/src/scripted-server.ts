import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { answerTo } from "./script.ts";

import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer, ChatMessage } from "./script.ts";

/** A model behind real HTTP, on this machine only. */
export interface ScriptedServer extends AsyncDisposable {
  readonly baseUrl: string;
}

const msPerWord = 15;

/** Starts an OpenAI-compatible server on 127.0.0.1 whose model is the script. */
export const startScriptedServer = async (): Promise<ScriptedServer> => {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
    response.writeHead(404).end();
    return;
  }
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
  const { messages } = JSON.parse(body) as { readonly messages: readonly ChatMessage[] };
  response.writeHead(200, { "content-type": "text/event-stream" });
  await stream(response, answerTo(messages));
  response.end("data: [DONE]\n\n");
};

const stream = async (response: ServerResponse, { text, calls }: Answer): Promise<void> => {
  const send = (choice: object, more: object = {}): void => {
    const chunk = {
      id: "chatcmpl-first-light",
      object: "chat.completion.chunk",
      created: 0,
      model: "scripted",
      choices: [{ index: 0, ...choice }],
      ...more,
    };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  for (const word of text.split(/(?<= )/)) {
    send({ delta: { role: "assistant", content: word }, finish_reason: null });
    await sleep(msPerWord);
  }
  for (const [index, { name, input }] of calls.entries()) {
    // Unique only within this answer, as with many servers.
    const call = { index, id: `call_${index}`, type: "function", function: { name, arguments: JSON.stringify(input) } };
    send({ delta: { tool_calls: [call] }, finish_reason: null });
  }
  const usage = { prompt_tokens: 400, completion_tokens: 40, total_tokens: 440 };
  send({ delta: {}, finish_reason: calls.length > 0 ? "tool_calls" : "stop" }, { usage });
};
