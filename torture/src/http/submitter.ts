// A process of the torture "http": sends all prompts that it is given at once, each on a connection of its own.
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

import { argumentOf, tell } from "../child-process.ts";

import type { Answered, Submission } from "./submission.ts";

const { port } = argumentOf() as { readonly port: number };
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });

const submit = ({ sessionId, text, id, key }: Submission): Promise<Answered> => {
  const body = JSON.stringify({ text, resume: false, ...(id === undefined ? {} : { id }) });
  const startedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<Answered>();
  const settle = (answered: Omit<Answered, "ms">): void => resolve({ ...answered, ms: performance.now() - startedAt });
  const sent = request(
    {
      agent,
      host: "127.0.0.1",
      port,
      method: "POST",
      path: `/v1/sessions/${sessionId}/inputs`,
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
    },
    (response) => {
      let answer = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (answer += part));
      response.on("end", () => {
        if (response.statusCode !== 200) return settle({ what: "failed", detail: `${response.statusCode} ${answer}` });
        const { replayed, messageId } = JSON.parse(answer) as { replayed: boolean; messageId: string };
        settle({ what: replayed ? "replayed" : "admitted", messageId });
      });
    },
  );
  sent.on("error", (error) => settle({ what: "failed", detail: String(error) }));
  sent.end(body);
  return promise;
};

tell({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const answers = await Promise.all((JSON.parse(line) as readonly Submission[]).map(submit));
  tell(answers.map((answer) => ({ ...answer })));
}
