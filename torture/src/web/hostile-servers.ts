import { gzipSync } from "node:zlib";

import type { Socket } from "node:net";

/** A server that does not behave, and what becomes of a fetch from it. */
export interface HostileServer {
  readonly name: string;
  /** Answers a request that has come; what it starts ends with the socket. */
  readonly answer: (socket: Socket) => void;
  /** Codes that the fetch may fail with; "none" where it may succeed. */
  readonly codes: readonly string[];
}

const head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n";

/** Writes again and again, as fast as it is taken. */
const pour = (socket: Socket, piece: string | Buffer): void => {
  const write = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", write);
  write();
};

const drip = (socket: Socket, piece: string): void => {
  const timer = setInterval(() => socket.write(piece), 20);
  socket.on("close", () => clearInterval(timer));
};

const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
const megabyte = "x".repeat(1024 * 1024);

/** The servers of the torture. */
export const hostileServers: readonly HostileServer[] = [
  { name: "no answer", answer: () => undefined, codes: ["fetch.timeout"] },
  { name: "slow drip of headers", answer: (socket) => drip(socket, "H"), codes: ["fetch.timeout", "fetch.failed"] },
  {
    name: "slow drip of a body",
    answer: (socket) => {
      socket.write(`${head}content-length: 100000\r\n\r\n`);
      drip(socket, "x");
    },
    codes: ["fetch.timeout"],
  },
  {
    name: "endless body",
    answer: (socket) => {
      socket.write(`${head}\r\n`);
      pour(socket, megabyte);
    },
    codes: ["fetch.too-large"],
  },
  {
    name: "endless body in chunks",
    answer: (socket) => {
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
      pour(socket, `100000\r\n${megabyte}\r\n`);
    },
    codes: ["fetch.too-large"],
  },
  {
    name: "decompression bomb",
    answer: (socket) => {
      socket.write(`${head}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
      socket.end(bomb);
    },
    codes: ["fetch.too-large"],
  },
  {
    name: "bomb after bomb",
    answer: (socket) => {
      socket.write(`${head}content-encoding: gzip\r\n\r\n`);
      pour(socket, bomb);
    },
    codes: ["fetch.too-large"],
  },
  {
    name: "declares more than is taken",
    answer: (socket) => socket.write(`${head}content-length: 99999999999\r\n\r\n`),
    codes: ["fetch.too-large"],
  },
  {
    name: "shorter than declared",
    answer: (socket) => socket.end(`${head}content-length: 1000\r\n\r\nshort`),
    codes: ["fetch.failed"],
  },
  {
    name: "longer than declared",
    answer: (socket) => socket.end(`${head}content-length: 5\r\n\r\n${megabyte}`),
    codes: ["none", "fetch.failed"],
  },
  {
    name: "two lengths",
    answer: (socket) => socket.end(`${head}content-length: 5\r\ncontent-length: 6\r\n\r\nshort!`),
    codes: ["fetch.failed"],
  },
  {
    name: "closes in the head",
    answer: (socket) => socket.end("HTTP/1.1 200 O"),
    codes: ["fetch.failed"],
  },
  { name: "closes at once", answer: (socket) => socket.destroy(), codes: ["fetch.failed"] },
  {
    name: "resets in the body",
    answer: (socket) => {
      socket.write(`${head}content-length: 1000\r\n\r\nshort`, () => socket.resetAndDestroy());
    },
    codes: ["fetch.failed"],
  },
  {
    name: "redirect loop",
    answer: (socket) =>
      socket.end("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
    codes: ["fetch.refused"],
  },
  {
    name: "redirect with an endless body",
    answer: (socket) => {
      socket.write("HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n");
      pour(socket, megabyte);
    },
    codes: ["fetch.refused"],
  },
  {
    name: "garbage for chunks",
    answer: (socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\nzz\r\nnot a chunk\r\n0\r\n\r\n`),
    codes: ["fetch.failed"],
  },
  {
    name: "a chunk of an impossible size",
    answer: (socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\nx\r\n`),
    codes: ["fetch.failed"],
  },
  {
    name: "endless extension of a chunk",
    answer: (socket) => {
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n5;`);
      pour(socket, megabyte);
    },
    codes: ["fetch.failed", "fetch.too-large", "fetch.timeout"],
  },
  {
    name: "endless trailers",
    answer: (socket) => {
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n`);
      pour(socket, `x: ${"y".repeat(10_000)}\r\n`);
    },
    codes: ["fetch.failed", "fetch.timeout"],
  },
  {
    name: "endless headers",
    answer: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      pour(socket, `x: ${"y".repeat(1_000)}\r\n`);
    },
    codes: ["fetch.failed"],
  },
  {
    name: "one endless header",
    answer: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nx: ");
      pour(socket, megabyte);
    },
    codes: ["fetch.failed"],
  },
  {
    name: "endless early hints",
    answer: (socket) => pour(socket, "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
    codes: ["fetch.timeout", "fetch.too-large"],
  },
  { name: "no HTTP", answer: (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"), codes: ["fetch.failed"] },
  { name: "endless noise", answer: (socket) => pour(socket, megabyte), codes: ["fetch.failed"] },
  {
    name: "switches protocols",
    answer: (socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n");
      pour(socket, megabyte);
    },
    codes: ["fetch.failed", "fetch.timeout"],
  },
];
