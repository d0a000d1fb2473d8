import { ToolFailure } from "@holdfast/core/tool";

import type { ReadHandle } from "../file-system.ts";

/** Which file, and how large it may be for what. */
export interface WholeFile {
  readonly path: string;
  readonly maxBytes: number;
  /** What would be done with it, for a refusal. Default: edited. */
  readonly use?: string | undefined;
}

/**
 * All bytes of an open file.
 *
 * @throws ToolFailure for one of more than `maxBytes`: it is read no further.
 */
export const readWhole = async (handle: ReadHandle, { path, maxBytes, use = "edited" }: WholeFile): Promise<Buffer> => {
  const { size } = await handle.stat();
  // One byte of room shows whether the file grew since its size was asked.
  const buffer = Buffer.allocUnsafe(Math.min(size, maxBytes) + 1);
  let length = 0;
  while (length < buffer.length) {
    const bytesRead = await handle.read(buffer.subarray(length), length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  if (length > maxBytes)
    throw new ToolFailure(
      `${path} is larger than ${maxBytes} bytes, the most that can be ${use}. Use a command for it.`,
    );
  throw new ToolFailure(`${path} is being written to by something else. Wait for that, then call again.`);
};
