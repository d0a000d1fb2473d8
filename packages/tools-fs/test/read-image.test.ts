import { describe, expect, it } from "vitest";

import { failureOf, Stage } from "./harness.ts";
import { images } from "./images.ts";

/** A PNG of any size in pixels, and of any length. */
const pngOf = (width: number, height: number, length = images.png.length): Buffer => {
  const image = Buffer.concat([
    images.png.subarray(0, 33),
    Buffer.alloc(length - images.png.length),
    images.png.subarray(33),
  ]);
  image.writeUInt32BE(width, 16);
  image.writeUInt32BE(height, 20);
  return image;
};

describe("read of an image", () => {
  it.each([
    ["png", { mediaType: "image/png", width: 1, height: 1 }],
    ["jpeg", { mediaType: "image/jpeg", width: 2, height: 3 }],
    ["gif", { mediaType: "image/gif", width: 1, height: 1 }],
    ["webp", { mediaType: "image/webp", width: 1, height: 1 }],
  ] as const)("gives the model a %s whole, known by its bytes and not by its name", async (format, facts) => {
    using stage = new Stage();
    const content = images[format];
    stage.write("notes.txt", content);
    expect(await stage.run("read", { path: "notes.txt" })).toEqual({
      type: "image",
      path: "notes.txt",
      ...facts,
      bytes: content.length,
    });
    expect(stage.attached.map((file) => ({ ...file, content: Buffer.from(file.content) }))).toEqual([
      { mediaType: facts.mediaType, name: "notes.txt", content },
    ]);
  });

  it("says what it is, and puts nothing of it into the text", async () => {
    using stage = new Stage();
    stage.write("a.png", pngOf(640, 480));
    expect(await stage.show("read", { path: "a.png" })).toBe(
      "a.png is an image: image/png, 640 × 480 pixels, 70 bytes.",
    );
  });

  it("takes 3,932,160 bytes, which are 5 MiB as base64, and refuses one more", async () => {
    using stage = new Stage();
    stage.write("fits.png", pngOf(10, 10, 3_932_160));
    stage.write("large.png", pngOf(10, 10, 3_932_161));
    expect(await stage.run("read", { path: "fits.png" })).toMatchObject({ bytes: 3_932_160 });
    expect(await failureOf(stage.run("read", { path: "large.png" }))).toContain("larger than 3932160 bytes");
    expect(stage.attached).toHaveLength(1);
  });

  it("takes 8,000 pixels of a side, and refuses one more", async () => {
    using stage = new Stage();
    stage.write("fits.png", pngOf(8_000, 1));
    stage.write("wide.png", pngOf(8_001, 1));
    expect(await stage.run("read", { path: "fits.png" })).toMatchObject({ width: 8_000 });
    expect(await failureOf(stage.run("read", { path: "wide.png" }))).toContain("8001 × 1 pixels");
    expect(stage.attached).toHaveLength(1);
  });

  it.each(Object.entries(images))("refuses a %s that is cut short, wherever that is", async (_format, content) => {
    using stage = new Stage();
    for (let length = 16; length < content.length - 8; length++) {
      stage.write("cut", content.subarray(0, length));
      expect(await failureOf(stage.run("read", { path: "cut" }))).toMatch(/damaged or cut short/);
    }
    expect(stage.attached).toEqual([]);
  });

  it("refuses a JPEG that is cut short behind a small picture of it, which has an end of its own", async () => {
    using stage = new Stage();
    const thumbnail = Buffer.concat([Buffer.from("ffe10014457869660000", "hex"), Buffer.from("ffd8ffd9", "hex")]);
    const small = Buffer.concat([thumbnail, Buffer.alloc(0x14 + 2 - thumbnail.length)]);
    const whole = Buffer.concat([images.jpeg.subarray(0, 2), small, images.jpeg.subarray(2)]);
    stage.write("whole.jpg", whole);
    stage.write("cut.jpg", whole.subarray(0, -2));
    expect(await stage.run("read", { path: "whole.jpg" })).toMatchObject({ width: 2, height: 3 });
    expect(await failureOf(stage.run("read", { path: "cut.jpg" }))).toMatch(/damaged or cut short/);
  });

  it("shows a text that begins like an image as the text that it is", async () => {
    using stage = new Stage();
    stage.write("gif.txt", "GIF89a is how a GIF begins.\n");
    expect(await stage.show("read", { path: "gif.txt" })).toBe("GIF89a is how a GIF begins.");
  });
});
