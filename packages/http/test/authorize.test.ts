import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { refusal, startServing } from "./serving.ts";

import type { Authorize, HttpAction } from "@holdfast/http";
import type { Answer } from "./serving.ts";

const failing = (): boolean => {
  throw new Error("the directory service is gone");
};

describe("authorize", () => {
  it("is asked for the method, the session and the Location; what it does not permit is refused, and is not in lists", async () => {
    const asked: HttpAction[] = [];
    const authorize: Authorize = (request, action) => {
      asked.push(action);
      return (
        action.location?.directory.endsWith(request.headers.get("x-user") ?? "nobody") ??
        action.method === "models.list"
      );
    };
    await using serving = await startServing({ authorize });
    const { sessions } = serving.holdfast;
    const place = async (user: string): Promise<string> => {
      await mkdir(join(serving.directory, user));
      return join(serving.directory, user);
    };
    const [ann, bob] = [await place("ann"), await place("bob")];
    const hers = await sessions.create({ location: { directory: ann } });
    const his = await sessions.create({ location: { directory: bob } });
    const asAnn = (method: string, path: string, body?: unknown): Promise<Answer> =>
      serving.request(method, path, { headers: { "x-user": "ann" }, ...(body === undefined ? {} : { body }) });
    expect((await asAnn("GET", "/v1/sessions")).json.sessions).toMatchObject([{ id: hers.id }]);
    expect((await asAnn("GET", `/v1/sessions/${hers.id}`)).status).toBe(200);
    expect(asked.at(-1)).toEqual({ method: "sessions.get", sessionId: hers.id, location: { directory: ann } });
    const forbidden = [
      ["GET", `/v1/sessions/${his.id}`],
      ["GET", `/v1/sessions/${his.id}/events`],
      ["POST", `/v1/sessions/${his.id}/inputs`, { text: "Hi" }],
      ["DELETE", `/v1/sessions/${his.id}`],
      ["POST", "/v1/sessions", { location: { directory: bob } }],
      ["POST", `/v1/sessions/${hers.id}/move`, { location: { directory: bob } }],
      ["GET", `/v1/locations/files?directory=${encodeURIComponent(bob)}`],
      ["GET", `/v1/approvals?project=${encodeURIComponent(bob)}`],
      ["GET", `/v1/sessions/ses_nobody`],
    ] as const;
    for (const [method, path, body] of forbidden) {
      expect([method, path, ...refusal(await asAnn(method, path, body))]).toEqual([
        method,
        path,
        403,
        "http.forbidden",
      ]);
    }
    expect(await sessions.inputs({ sessionId: his.id })).toEqual([]);
    expect((await asAnn("GET", "/v1/models")).status).toBe(200);
  });

  it("that throws permits nothing, and its error goes to the log alone", async () => {
    await using serving = await startServing({ authorize: failing });
    const answer = await serving.request("GET", `/v1/sessions/${await serving.session()}`);
    expect(refusal(answer)).toEqual([500, "http.internal"]);
    expect(answer.text).not.toContain("directory service");
    expect(JSON.stringify(serving.logged)).toContain("directory service");
  });
});
