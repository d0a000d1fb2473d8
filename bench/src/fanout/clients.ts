// The clients of the benchmark "fanout", in a process of their own: they count frames, and say when all have all.
import { connect } from "node:net";
import { createInterface } from "node:readline";

interface Order {
  readonly port: number;
  readonly clients: number;
  readonly events: number;
  /** Whether one more client is there that takes its headers and reads nothing more. */
  readonly stalled: boolean;
}

const marker = Buffer.from("event: event\n");

const open = (port: number): Promise<{ readonly socket: ReturnType<typeof connect> }> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(
        "GET /v1/sessions/ses_fanout/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n",
      );
    });
    socket.once("error", reject);
    // Its first frames are that of the beginning: from there on the burst is awaited.
    socket.once("data", () => resolve({ socket }));
  });

const count = (chunk: Buffer): number => {
  let found = 0;
  for (let at = chunk.indexOf(marker); at >= 0; at = chunk.indexOf(marker, at + marker.length)) found += 1;
  return found;
};

const follow = (socket: ReturnType<typeof connect>, events: number): Promise<number> =>
  new Promise((resolve) => {
    let received = 0;
    let rest = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      const text = Buffer.concat([rest, chunk]);
      received += count(text);
      // A marker that is cut in two is counted with the next chunk, and one that was counted is not kept.
      const last = text.lastIndexOf(marker);
      rest = Buffer.from(text.subarray(Math.max(last < 0 ? 0 : last + marker.length, text.length - marker.length + 1)));
      if (received >= events) resolve(received);
    });
    socket.once("close", () => resolve(received));
  });

const tell = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const { port, clients, events, stalled } = JSON.parse(line) as Order;
  const slow = stalled ? (await open(port)).socket.pause() : undefined;
  slow?.on("error", () => undefined);
  const opened = await Promise.all(Array.from({ length: clients }, () => open(port)));
  const received = opened.map(({ socket }) => follow(socket, events));
  tell({ ready: true });
  const counts = await Promise.all(received);
  const cutOff = slow === undefined ? undefined : await isCutOff(slow, events);
  tell({ complete: counts.every((found) => found === events), cutOff });
  for (const { socket } of opened) socket.destroy();
}

/** Reads what was sent to who did not read: it ends before the burst does, where the server cut it off. */
async function isCutOff(socket: ReturnType<typeof connect>, events: number): Promise<boolean> {
  const received = follow(socket, events);
  socket.resume();
  return (await received) < events;
}
