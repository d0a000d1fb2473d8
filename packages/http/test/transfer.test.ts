import { expect, it } from "vitest";

import { refusal, send, startServing } from "./serving.ts";

import type { Answer } from "./serving.ts";

it("an export is streamed, imports elsewhere as it is, and one that broke off is refused", async () => {
  await using serving = await startServing();
  await using other = await startServing();
  const id = await serving.session();
  await serving.holdfast.sessions.prompt({ sessionId: id, text: "Hi" });
  await serving.holdfast.sessions.wait({ sessionId: id });
  const exported = await serving.request("GET", `/v1/sessions/${id}/export`);
  expect(exported.headers.get("content-type")).toBe("application/x-ndjson");
  const headers = { "content-type": "application/x-ndjson" };
  const init: RequestInit & { duplex: "half" } = { method: "POST", headers, duplex: "half" };
  const importInto = (body: BodyInit): Promise<Answer> =>
    send(`${other.url}/v1/import?replayOwner=node-a&strict=true`, { ...init, body });
  expect(refusal(await importInto(exported.text.split("\n").slice(0, -2).join("\n")))).toEqual([
    422,
    "import.malformed",
  ]);
  // In pieces that end anywhere, also within a character.
  const bytes = new TextEncoder().encode(exported.text);
  let at = 0;
  const inPieces = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += 37)));
    },
  });
  expect((await importInto(inPieces)).json).toMatchObject({ sessionId: id, status: "imported" });
  expect((await other.request("GET", `/v1/sessions/${id}`)).json.replica).toEqual({ replayOwner: "node-a" });
  expect(refusal(await other.request("POST", `/v1/sessions/${id}/inputs`, { body: { text: "Hi" } }))).toEqual([
    409,
    "session.replica",
  ]);
  expect((await other.request("POST", `/v1/sessions/${id}/release`)).json).toMatchObject({ status: "released" });
  expect(refusal(await other.request("GET", "/v1/sessions/ses_nobody/export"))).toEqual([404, "session.not-found"]);
});

it("an export that fails in its middle is broken off, and nothing of the failure is in it", async () => {
  await using serving = await startServing();
  const sessions = new Proxy(serving.holdfast.sessions, {
    get: (target, key) => {
      if (key !== "export") return Reflect.get(target, key) as unknown;
      return async function* () {
        for (let index = 0; index < 10; index++) yield "x".repeat(64 * 1024);
        throw new Error("disk of /srv is gone");
      };
    },
  });
  const holdfast = new Proxy(serving.holdfast, {
    get: (target, key) => (key === "sessions" ? sessions : (Reflect.get(target, key) as unknown)),
  });
  await using broken = await startServing({ holdfast });
  const response = await fetch(`${broken.url}/v1/sessions/ses_a/export`);
  expect(response.status).toBe(200);
  let received = "";
  const reading = (async () => {
    for await (const part of response.body ?? []) received += Buffer.from(part as Uint8Array).toString();
  })();
  await expect(reading).rejects.toThrow("terminated");
  expect(received).not.toContain("/srv");
  expect(JSON.stringify(broken.logged)).toContain("disk of /srv is gone");
});
