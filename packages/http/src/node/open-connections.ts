import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * The connections of a server, and whether a request of theirs is being answered. Node's own `closeIdleConnections` leaves those alone that
 * have not asked for anything yet: a client that connects ahead would hold a closing server up for its whole time.
 */
export class OpenConnections {
  readonly #busy = new Map<Socket, number>();
  #closing = false;

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => {
      this.#busy.set(socket, 0);
      socket.once("close", () => this.#busy.delete(socket));
    });
    server.on("request", ({ socket }: IncomingMessage, outgoing: ServerResponse) => {
      this.#count(socket, 1);
      outgoing.once("close", () => this.#count(socket, -1));
    });
  }

  /** Closes those that wait for nothing, now and as they come to it. */
  closeIdle(): void {
    this.#closing = true;
    for (const [socket, requests] of this.#busy) if (requests === 0) socket.destroySoon();
  }

  /** Closes all of them, whatever they wait for. */
  closeAll(): void {
    for (const socket of this.#busy.keys()) socket.destroy();
  }

  #count(socket: Socket, change: number): void {
    const requests = this.#busy.get(socket);
    if (requests === undefined) return;
    this.#busy.set(socket, requests + change);
    if (this.#closing && requests + change === 0) socket.destroySoon();
  }
}
