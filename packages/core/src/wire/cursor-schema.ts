import * as z from "zod";

import type { Cursor } from "../cursor/cursor.ts";

/** A cursor as it crosses a wire: any text, for only the store that made it can read it. */
export const cursorSchema = z
  .custom<Cursor>((value) => typeof value === "string", "expected a cursor")
  .meta({ type: "string" });
