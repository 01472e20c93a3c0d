import { GuardError } from "../base/index.js";
import { hasDuplicateKey } from "./duplicate-key.js";

/** Where one tensor lies. `begin` and `end` count bytes from the start of the file. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * All tensors of 405B together take 140 KB, and notes in `__metadata__` seldom more. The reference reader goes up to
 * 100 MB, which as JSON made of brackets would cost gigabytes of memory; this much costs a quarter of a second at most.
 */
export const MAX_HEADER_BYTES = 2 * 1024 * 1024;
/** No tensor of any known model has more; keeps products and messages small. */
const MAX_DIMENSIONS = 8;

/** Whole-byte types of the format. The sub-byte ones (F4, F6) are not weights this workshop can read. */
const BYTES_PER_ELEMENT: Readonly<Record<string, number>> = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1 },
  ...{ BOOL: 1, F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1, C64: 8 },
};

/**
 * Length of the header that follows the first 8 bytes, an unsigned little-endian integer.
 * @throws GuardError `bad_model_file`
 */
export function readHeaderBytes(start: Uint8Array, fileBytes: number, file: string): number {
  if (start.byteLength < 8) throw bad(file, "shorter than 8 bytes");
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) throw bad(file, `a header above ${String(MAX_HEADER_BYTES)} bytes`);
  if (8 + Number(length) > fileBytes) throw bad(file, "the header reaches past the end of the file");
  return Number(length);
}

/**
 * Entries of a safetensors header by tensor name. Tensors must fill the data section exactly, in any order.
 * @param header the bytes after the length
 * @throws GuardError `bad_model_file`
 * @see https://github.com/huggingface/safetensors, "Format"
 */
export function parseSafetensorsHeader(
  header: Uint8Array,
  fileBytes: number,
  file: string,
): ReadonlyMap<string, TensorEntry> {
  const dataStart = 8 + header.byteLength;
  const entries = new Map<string, TensorEntry>();
  const { text, json } = parseObject(header, file);
  for (const [name, value] of Object.entries(json)) {
    if (name === "__metadata__") checkMetadata(value, file);
    else
      entries.set(name, readEntry(value, dataStart, `${file}: tensor ${JSON.stringify(name.slice(0, 100))}`));
  }
  if (hasDuplicateKey(text)) throw bad(file, "the header names something twice"); // slow where nesting is deep
  checkCoverage([...entries.values()], dataStart, fileBytes, file);
  return entries;
}

const bad = (place: string, detail: string): GuardError =>
  new GuardError("bad_model_file", `${place}: ${detail}; download the checkpoint again`);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseObject(
  header: Uint8Array,
  file: string,
): { text: string; json: Readonly<Record<string, unknown>> } {
  if (header[0] !== 0x7b) throw bad(file, "the header does not begin with {");
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(header);
    json = JSON.parse(text);
  } catch {
    throw bad(file, "the header is not JSON in UTF-8");
  }
  if (!isObject(json)) throw bad(file, "the header is not an object");
  return { text, json };
}

function checkMetadata(value: unknown, file: string): void {
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === "string"))
    throw bad(file, "__metadata__ is not a map of strings");
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function readEntry(value: unknown, dataStart: number, place: string): TensorEntry {
  if (!isObject(value) || Object.keys(value).sort().join() !== "data_offsets,dtype,shape")
    throw bad(place, "is not described by dtype, shape and data_offsets");
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(BYTES_PER_ELEMENT, dtype))
    throw bad(place, "has an unknown dtype");
  if (!Array.isArray(shape) || shape.length > MAX_DIMENSIONS || !shape.every(isCount))
    throw bad(place, "has an impossible shape");
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw bad(place, "has impossible data_offsets");
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, BYTES_PER_ELEMENT[dtype]!);
  if (end - begin !== bytes) throw bad(place, "has another size than its shape and dtype");
  return { dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

/** Hidden data or shared bytes would make two readers see different models. */
function checkCoverage(entries: TensorEntry[], dataStart: number, fileBytes: number, file: string): void {
  let reached = dataStart;
  for (const { begin, end } of entries.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < reached) throw bad(file, "tensors overlap");
    if (begin > reached) throw bad(file, "there is a hole between tensors");
    reached = end;
  }
  if (reached > fileBytes) throw bad(file, "tensors reach past the end of the file");
  if (reached < fileBytes) throw bad(file, "there is data after the last tensor");
}
