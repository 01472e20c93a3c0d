import { corrupt } from "./corrupt.js";
import { createFrameDecoder, type FrameDecoder } from "./frame-decoder.js";
import { MAX_BLOCK_BYTES, MAX_WINDOW_BYTES } from "./limits.js";

const MAGIC = 0xfd2fb528;
const isSkippable = (magic: number): boolean => magic >>> 4 === 0x184d2a5;

/**
 * Unpacks zstd (RFC 8878) as it comes, at most one block of 128 KiB at a time beside the window: Node 20 has no
 * zstd, and DuckDB, which has, gives no bytes but lines, and loses long ones without a word. fzstd 0.1.1 takes most
 * damaged frames for whole ones, many of them for shorter ones, and a block of 13 bytes keeps it busy for ten seconds;
 * what is here refuses both. Dictionaries are not supported, checksums not compared; lengths are, where a frame
 * states its own.
 * @throws Unreadable `decompression_failed`
 */
export async function* unpackZstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = createInput(chunks);
  try {
    for (let isFirst = true; isFirst || !(await input.isAtEnd()); isFirst = false) {
      const magic = littleEndian(await input.take(4));
      if (isSkippable(magic)) await skipFrame(input);
      else if (magic === MAGIC) yield* unpackFrame(input);
      else corrupt("something else stands where a frame should begin");
    }
  } finally {
    await input.close();
  }
}

async function skipFrame(input: Input): Promise<void> {
  for (let left = littleEndian(await input.take(4)); left > 0; left -= MAX_BLOCK_BYTES)
    await input.take(Math.min(left, MAX_BLOCK_BYTES));
}

async function* unpackFrame(input: Input): AsyncGenerator<Uint8Array> {
  const { windowBytes, contentBytes, hasChecksum } = await readFrameHeader(input);
  const decoder = createFrameDecoder(windowBytes);
  let length = 0;
  for (let isLast = false; !isLast;) {
    const head = littleEndian(await input.take(3));
    isLast = (head & 1) === 1;
    const bytes = await unpackBlock(decoder, (head >> 1) & 3, head >> 3, input);
    length += bytes.length;
    if (bytes.length > 0) yield bytes;
  }
  if (contentBytes !== null && length !== contentBytes) corrupt("a frame of another length than it states");
  if (hasChecksum) await input.take(4);
}

async function unpackBlock(
  decoder: FrameDecoder,
  kind: number,
  size: number,
  input: Input,
): Promise<Uint8Array> {
  if (size > MAX_BLOCK_BYTES) corrupt("a block that is too large");
  if (kind === 0) return decoder.raw(await input.take(size));
  if (kind === 1) return decoder.repeated((await input.take(1))[0]!, size);
  if (kind === 2) return decoder.packed(await input.take(size));
  return corrupt("a block of a kind that is not known");
}

interface FrameHeader {
  /** How far back repetitions may reach. */
  readonly windowBytes: number;
  /** Of what the frame becomes; null where it does not say. */
  readonly contentBytes: number | null;
  readonly hasChecksum: boolean;
}

/** @see RFC 8878, section 3.1.1.1 */
async function readFrameHeader(input: Input): Promise<FrameHeader> {
  const descriptor = (await input.take(1))[0]!;
  const isSingle = (descriptor & 0x20) !== 0;
  if ((descriptor & 0x08) !== 0) corrupt("a frame of a kind that is not known");
  let windowBytes = 0;
  if (!isSingle) {
    const window = (await input.take(1))[0]!;
    const base = 2 ** (10 + (window >> 3));
    windowBytes = base + (base / 8) * (window & 7);
  }
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  if (littleEndian(await input.take(dictionaryBytes)) !== 0) corrupt("it needs a dictionary");
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const contentBytes = littleEndian(await input.take(sizeBytes)) + (sizeBytes === 2 ? 256 : 0);
  if (isSingle) windowBytes = contentBytes;
  if (windowBytes > MAX_WINDOW_BYTES) corrupt(`its window is larger than ${String(MAX_WINDOW_BYTES)} bytes`);
  return {
    windowBytes,
    contentBytes: sizeBytes === 0 ? null : contentBytes,
    hasChecksum: (descriptor & 0x04) !== 0,
  };
}

interface Input {
  /** Exactly as many bytes. */
  take(count: number): Promise<Uint8Array>;
  isAtEnd(): Promise<boolean>;
  close(): Promise<void>;
}

function createInput(chunks: AsyncIterable<Uint8Array>): Input {
  const iterator = chunks[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  const more = async (): Promise<boolean> => {
    const { value, done } = await iterator.next();
    if (done === true) return false;
    held = held.length === 0 ? value : Buffer.concat([held, value]);
    return true;
  };
  return {
    async take(count) {
      while (held.length < count) if (!(await more())) corrupt("it ends early");
      const taken = held.subarray(0, count);
      held = held.subarray(count);
      return taken;
    },
    async isAtEnd() {
      while (held.length === 0) if (!(await more())) return true;
      return false;
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** Of up to eight bytes; exact below 2^53, and above larger than any window. */
const littleEndian = (bytes: Uint8Array): number => bytes.reduceRight((value, byte) => value * 256 + byte, 0);
