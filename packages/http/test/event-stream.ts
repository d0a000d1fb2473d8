import { connect } from "node:net";

import type { Loose, Serving } from "./serving.ts";

/** One frame of an event stream, taken apart. */
export interface Frame {
  readonly event?: string;
  readonly id?: string;
  readonly data?: Loose;
  readonly comment?: true;
  readonly retry?: number;
}

/** An event stream that is being read. */
export interface EventStream extends AsyncDisposable {
  readonly response: Response;
  /** The next frame; rejects where the stream ends before it. */
  readonly next: () => Promise<Frame>;
  /** Reads to the first frame that is meant, and gives it. */
  readonly until: (isMeant: (frame: Frame) => boolean) => Promise<Frame>;
  /** Reads up to a frame, and gives all that came, but comments. */
  readonly through: (isMeant: (frame: Frame) => boolean) => Promise<readonly Frame[]>;
  /** Reads to the end. */
  readonly rest: () => Promise<readonly Frame[]>;
  /** Of one that was not read: whether the server broke it off. */
  readonly brokenOff: () => Promise<boolean>;
}

/** Opens a stream. One that is `stalled` takes the headers and reads nothing more. */
export const openStream = async (
  serving: Pick<Serving, "url" | "port">,
  path: string,
  { stalled = false, ...headers }: { readonly stalled?: boolean } & Readonly<Record<string, string | boolean>> = {},
): Promise<EventStream> => {
  if (stalled) return openStalled(serving.port, path);
  const leave = new AbortController();
  const response = await fetch(`${serving.url}${path}`, {
    headers: { accept: "text/event-stream", ...(headers as Record<string, string>) },
    signal: leave.signal,
  });
  const frames = readFrames(response);
  const next = async (): Promise<Frame> => {
    const { done, value } = await frames.next();
    if (done === true) throw new Error("the stream ended");
    return value;
  };
  const until: EventStream["until"] = async (isMeant) => {
    for (;;) {
      const frame = await next();
      if (isMeant(frame)) return frame;
    }
  };
  return {
    response,
    next,
    until,
    through: async (isMeant) => {
      const found: Frame[] = [];
      await until((frame) => {
        if (frame.comment !== true) found.push(frame);
        return isMeant(frame);
      });
      return found;
    },
    rest: async () => {
      const found: Frame[] = [];
      for await (const frame of frames) if (frame.comment !== true) found.push(frame);
      return found;
    },
    brokenOff: () => Promise.reject(new Error("this one is read")),
    [Symbol.asyncDispose]: async () => leave.abort(),
  };
};

async function* readFrames({ body }: Response): AsyncGenerator<Frame, void, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of body ?? new ReadableStream<Uint8Array>()) {
    const found = (text + decoder.decode(part, { stream: true })).split("\n\n");
    text = found.pop() ?? "";
    yield* found.map(toFrame);
  }
}

const toFrame = (text: string): Frame => {
  const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, "m").exec(text)?.[1];
  const retry = field("retry");
  if (text.startsWith(":")) return { comment: true, ...(retry === undefined ? {} : { retry: Number(retry) }) };
  const [event, id, data] = [field("event"), field("id"), field("data")];
  return {
    ...(event === undefined ? {} : { event }),
    ...(id === undefined ? {} : { id }),
    ...(data === undefined ? {} : { data: JSON.parse(data) as unknown }),
  };
};

const unread = (): Promise<never> => Promise.reject(new Error("this one is not read"));

const openStalled = (port: number, path: string): Promise<EventStream> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`);
    });
    socket.on("error", () => undefined);
    const closed = new Promise<boolean>((settle) => socket.once("close", () => settle(true)));
    socket.once("error", reject);
    socket.once("data", () => {
      socket.pause();
      resolve({
        response: new Response(),
        next: unread,
        until: unread,
        through: unread,
        rest: unread,
        brokenOff: async () => {
          // What was sent is still to be read before its end is seen.
          socket.resume();
          return closed;
        },
        [Symbol.asyncDispose]: async () => void socket.destroy(),
      });
    });
  });
