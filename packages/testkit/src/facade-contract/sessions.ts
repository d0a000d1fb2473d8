import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "vitest";

import { text } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, setStage } from "./stage.ts";

import type { FacadeSubject } from "./facade-subject.ts";

/** Creating, finding and listing sessions. */
export const describeSessions = (subject: FacadeSubject): void => {
  it("a session is created at the canonical directory, and is found there afterwards", async () => {
    await using stage = await setStage(subject, { script: [] });
    const real = join(stage.directory, "real");
    await mkdir(real);
    await symlink(real, join(stage.directory, "link"));
    const created = await stage.holdfast.sessions.create({
      location: { directory: join(stage.directory, "link") },
      title: "A title",
    });
    expect(created.location).toEqual({ directory: real });
    expect(await stage.holdfast.sessions.get({ sessionId: created.id })).toEqual(created);
    expect(await stage.holdfast.sessions.get({ sessionId: "ses_nobody" })).toBeNull();
  });

  it("an ID that exists returns the stored session, and concurrent creators of one ID converge", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { sessions } = stage.holdfast;
    const location = { directory: stage.directory };
    const created = await Promise.all(
      Array.from({ length: 8 }, (_, index) => sessions.create({ id: "ses_one", location, title: `creator ${index}` })),
    );
    for (const one of created) expect(one).toEqual(created[0]);
    const again = await sessions.create({ id: "ses_one", location: { directory: "/nowhere" }, title: "late" });
    expect(again).toEqual(created[0]);
  });

  it("a directory or a parent that does not exist, and a model that nobody knows, are refused when the session is created", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { sessions } = stage.holdfast;
    const location = { directory: stage.directory };
    expect(await codeOf(sessions.create({ location: { directory: join(stage.directory, "none") } }))).toBe(
      "location.not-found",
    );
    expect(await codeOf(sessions.create({ location, model: { id: "unknown" } }))).toBe("model.unknown");
    expect(await codeOf(sessions.create({ location, parentId: "ses_nobody" }))).toBe("session.not-found");
    expect(await codeOf(sessions.create({ location, id: "no session ID" }))).toBe("argument.invalid");
    expect((await sessions.list()).sessions).toHaveLength(1);
  });

  it("sessions are listed newest first, filtered, and in pages that neither skip nor repeat", async () => {
    await using stage = await setStage(subject, { script: [[text("unused")]] });
    const { sessions } = stage.holdfast;
    const location = { directory: stage.directory };
    for (let index = 0; index < 7; index++)
      await sessions.create({ location, parentId: stage.session.id, title: `Child ${index}` });
    const found: string[] = [];
    let page: string | undefined;
    do {
      const { sessions: part, next } = await sessions.list({ parentId: stage.session.id, limit: 3, page });
      found.push(...part.map(({ title }) => title));
      page = next;
    } while (page !== undefined);
    expect(found).toHaveLength(7);
    expect(new Set(found).size).toBe(7);
    expect((await sessions.list({ search: "CHILD 3" })).sessions.map(({ title }) => title)).toEqual(["Child 3"]);
    expect((await sessions.list({ directory: "/elsewhere" })).sessions).toEqual([]);
    expect(await codeOf(sessions.list({ page: "page two" }))).toBe("argument.invalid");
  });
};
