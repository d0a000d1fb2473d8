import { describe, expect, it } from "vitest";

import { createClient } from "../src/create-client.ts";
import { json, scriptedServer } from "./scripted-server.ts";

import type { Reply } from "./scripted-server.ts";

const sessionId = "ses_a";

const lines =
  (text: string, then: "end" | "cut" | "stay" = "end"): Reply =>
  (response) => {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.write(text, () => {
      if (then === "end") response.end();
      if (then === "cut") response.socket?.destroy();
    });
  };

describe("export", () => {
  it("gives the lines as they come, however they are cut into pieces", async () => {
    await using server = await scriptedServer(async (response) => {
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      for (const byte of Buffer.from('{"a":"ä"}\n{}\n{"z":1}\n')) {
        response.write(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      response.end();
    });
    const { sessions } = createClient({ baseUrl: server.url });
    const found: string[] = [];
    for await (const line of sessions.export({ sessionId })) found.push(line);
    expect(found).toEqual(['{"a":"ä"}', "{}", '{"z":1}']);
  });

  it("that breaks in the middle rejects, and is not begun again behind the reader's back", async () => {
    await using server = await scriptedServer(lines("{}\n", "cut"));
    const { sessions } = createClient({ baseUrl: server.url });
    const found: string[] = [];
    const reading = (async () => {
      for await (const line of sessions.export({ sessionId })) found.push(line);
    })();
    await expect(reading).rejects.toMatchObject({ code: "http.unreachable" });
    expect(found).toEqual(["{}"]);
    expect(server.heard).toHaveLength(1);
  });

  it("that is left closes its connection", async () => {
    await using server = await scriptedServer(lines("{}\n", "stay"));
    for await (const _line of createClient({ baseUrl: server.url }).sessions.export({ sessionId })) break;
    await expect.poll(() => server.open()).toBe(0);
  });
});

describe("import", () => {
  it("sends the lines one after the other, and what is to be done with them in the query", async () => {
    await using server = await scriptedServer(json({ status: "imported" }));
    const { sessions } = createClient({ baseUrl: server.url });
    await sessions.import({ lines: ["{}", '{"a":"ä"}'], replayOwner: "a", strict: true });
    expect(server.heard).toMatchObject([
      { method: "POST", path: "/v1/import", query: { replayOwner: "a", strict: "true" }, body: '{}\n{"a":"ä"}\n' },
    ]);
    expect(server.heard[0]?.headers["content-type"]).toBe("application/x-ndjson");
  });

  it("what the caller's own lines throw is thrown, and a text is no lines", async () => {
    await using server = await scriptedServer(json({}));
    const { sessions } = createClient({ baseUrl: server.url });
    const mine = new Error("mine");
    const broken = async function* () {
      yield "{}";
      throw mine;
    };
    await expect(sessions.import({ lines: broken() })).rejects.toBe(mine);
    await expect(sessions.import({ lines: "one text" as never })).rejects.toMatchObject({ code: "argument.invalid" });
  });
});
