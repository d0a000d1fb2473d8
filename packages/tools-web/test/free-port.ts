import { openServer } from "./web-server.ts";

/** A port of this machine that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  await using server = await openServer({});
  return server.port;
};
