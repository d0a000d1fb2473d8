import { HoldfastError, parseJson } from "@holdfast/core";

/** How much of a body is taken, and for how long it is waited for. */
export interface BodyLimits {
  readonly bytes: number;
  readonly ms: number;
}

/**
 * The pieces of a body, as they come. The time limit is for each of them, or for all together.
 *
 * @throws http.too-large, http.timeout
 */
export async function* bodyChunks(
  request: Request,
  { bytes: most, ms, each }: BodyLimits & { readonly each: boolean },
): AsyncGenerator<Uint8Array, void, undefined> {
  const announced = Number(request.headers.get("content-length") ?? "0");
  if (announced > most) throw tooLarge(announced, most);
  if (request.body === null) return;
  const reader = request.body.getReader();
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => undefined);
  const start = (): NodeJS.Timeout => setTimeout(() => late.reject(tooSlow(ms)), ms);
  let timer = start();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late.promise]);
      if (done) return;
      bytes += value.byteLength;
      if (bytes > most) throw tooLarge(bytes, most);
      if (each) clearTimeout(timer);
      yield value;
      if (each) timer = start();
    }
  } finally {
    clearTimeout(timer);
    // What is left of it is not read: nobody waits for how that ends.
    reader.cancel().catch(() => undefined);
  }
}

/**
 * A body that is one JSON object; an empty one stands for an object without members.
 *
 * @throws http.unsupported-media-type, http.too-large, http.timeout, argument.invalid
 */
export const readJsonBody = async (
  request: Request,
  limits: BodyLimits,
): Promise<Readonly<Record<string, unknown>>> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bodyChunks(request, { ...limits, each: false })) chunks.push(chunk);
  if (chunks.length === 0) return {};
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type)) throw wrongType("application/json", type);
  const parsed = parseJson(decode(Buffer.concat(chunks)));
  if (!parsed.ok) throw invalid("a body that is JSON", "found a text that is none");
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(
      "a body that is a JSON object",
      `found ${Array.isArray(value) ? "an array" : String(value).slice(0, 80)}`,
    );
  return value as Readonly<Record<string, unknown>>;
};

/** The error of a body of another media type. */
export const wrongType = (expected: string, found: string): HoldfastError<"http.unsupported-media-type"> =>
  new HoldfastError("http.unsupported-media-type", {
    message: `Expected a body of media type ${expected}, found ${found === "" ? "none named" : JSON.stringify(found.slice(0, 80))}. Send it under "Content-Type: ${expected}".`,
  });

const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid("a body in UTF-8", "found bytes that are none", cause);
  }
};

const invalid = (expected: string, found: string, cause?: unknown): HoldfastError<"argument.invalid"> =>
  new HoldfastError("argument.invalid", {
    message: `Expected ${expected}, ${found}. Correct it; nothing was done.`,
    cause,
  });

const tooLarge = (found: number, most: number): HoldfastError<"http.too-large"> =>
  new HoldfastError("http.too-large", {
    message: `Expected a body of at most ${most} bytes, found ${found} or more. Send less; nothing was done.`,
    data: { most },
  });

const tooSlow = (ms: number): HoldfastError<"http.timeout"> =>
  new HoldfastError("http.timeout", {
    message: `Expected the body within ${ms} ms, and it had not arrived by then. Send it again; nothing was done.`,
  });
