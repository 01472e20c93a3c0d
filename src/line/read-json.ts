import { GuardError } from "../base/index.js";

/**
 * A whole answer as JSON.
 * @throws GuardError `upstream_failed` when it is longer than `maxBytes`, or not JSON
 */
export async function readJson(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new GuardError("upstream_failed", `the model server sent more than ${String(maxBytes)} bytes`);
    parts.push(chunk);
  }
  return parseJson(Buffer.concat(parts).toString("utf8"));
}

/** No cause is kept: a parser's message repeats what it could not read. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new GuardError("upstream_failed", "the model server sent what is not JSON: see its log");
  }
}
