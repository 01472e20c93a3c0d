import { describe, expect, it, test } from "@jest/globals";
import fc from "fast-check";
import { GuardError } from "../../src/base/index.js";
import {
  MAX_HEADER_BYTES,
  parseSafetensorsHeader,
  readHeaderBytes,
  type TensorEntry,
} from "../../src/convert/safetensors-header.js";
import { safetensorsFile } from "../fixtures/encode-safetensors.js";

/** The worst file below takes a quarter of it; the rest is for busy machines. */
const MOST_MS = 1000;

type Entries = ReadonlyMap<string, TensorEntry>;

/** Entries of a whole file, or `null` when it is refused. Nothing else may come out, and not late. */
function read(file: Buffer): Entries | null {
  const started = performance.now();
  try {
    const headerBytes = readHeaderBytes(file.subarray(0, 8), file.byteLength, "m.safetensors");
    expect(8 + headerBytes).toBeLessThanOrEqual(file.byteLength);
    return parseSafetensorsHeader(file.subarray(8, 8 + headerBytes), file.byteLength, "m.safetensors");
  } catch (error) {
    if (error instanceof GuardError && error.code === "bad_model_file") return null;
    throw error;
  } finally {
    expect(performance.now() - started).toBeLessThan(MOST_MS);
  }
}

/** The rule, byte by byte: what follows the header belongs to exactly one tensor, which has the size of its shape. */
function expectCoverage(file: Buffer, entries: Entries): void {
  const owners = new Uint8Array(file.byteLength).fill(1, 0, 8 + Number(file.readBigUInt64LE()));
  for (const { dtype, shape, begin, end } of entries.values()) {
    const bits = dtype === "BOOL" ? 8 : Number(/\d+/.exec(dtype)?.[0]);
    const elements = shape.reduce((product, size) => product * BigInt(size), 1n);
    expect(BigInt(end - begin) * 8n).toBe(elements * BigInt(bits));
    expect(end).toBeLessThanOrEqual(file.byteLength);
    for (let at = begin; at < end; at++) owners[at]!++;
  }
  expect(owners.every((count) => count === 1)).toBe(true);
}

interface Tensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offsets: readonly [begin: number, end: number];
}

interface Draft {
  readonly tensors: readonly Tensor[];
  readonly dataBytes: number;
}

/** Fields are JSON text, so that they can also hold what no value is written as. */
const described = ({ dtype, shape, offsets }: { dtype: string; shape: string; offsets: string }): string =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;

const fieldsOf = ({ dtype, shape, offsets }: Tensor) => ({
  dtype: JSON.stringify(dtype),
  shape: JSON.stringify(shape),
  offsets: JSON.stringify(offsets),
});

function fileOf(
  { tensors, dataBytes }: Draft,
  write = (tensor: Tensor) => described(fieldsOf(tensor)),
): Buffer {
  const members = tensors.map((tensor) => `${JSON.stringify(tensor.name)}:${write(tensor)}`);
  return safetensorsFile(`{${members.join()}}`, new Uint8Array(dataBytes));
}

const BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, I64: 8, BOOL: 1 };
const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "w\u0000", "\u{1f600}"));
const kind = fc.record({
  name,
  dtype: fc.constantFrom(...Object.keys(BYTES)),
  shape: fc.array(fc.nat(3), { maxLength: 4 }),
});

/** A file that is right. */
const draft: fc.Arbitrary<Draft> = fc
  .uniqueArray(kind, { selector: (one) => one.name, minLength: 1, maxLength: 6 })
  .map((kinds) => {
    let dataBytes = 0;
    const tensors = kinds.map((one): Tensor => {
      const begin = dataBytes;
      dataBytes += one.shape.reduce((product, size) => product * size, BYTES[one.dtype]!);
      return { ...one, offsets: [begin, dataBytes] };
    });
    return { tensors, dataBytes };
  });
const file = draft.map((one) => fileOf(one));
/** A file that is right, and one of its tensors. */
const chosen = fc.tuple(draft, fc.nat()).map(([one, at]) => ({
  ...one,
  tensor: one.tensors[at % one.tensors.length]!,
}));

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const hostile = fc.constantFrom(
  ...["-1", "-0", "0.5", "1e400", "9007199254740993", "18446744073709551616", "4294967296"],
  ...["null", "true", '"2"', "[]", "{}", '{"valueOf":1}', nested(1000), nested(20_000)],
);

/** One tensor of a file described in another way. */
const redescribed = <T>(value: fc.Arbitrary<T>, describe: (tensor: Tensor, value: T) => string) =>
  fc
    .tuple(chosen, value)
    .map(([{ tensor, ...one }, given]) =>
      fileOf(one, (each) => (each === tensor ? describe(each, given) : described(fieldsOf(each)))),
    );
const small = fc.integer({ min: -9, max: 9 });

/** Some of these happen to leave a file right. */
const changed: [string, fc.Arbitrary<Buffer>][] = [
  [
    "bytes changed",
    fc
      .tuple(file, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
      .map(([bytes, changes]) => {
        for (const [at, value] of changes) bytes[at % bytes.byteLength] = value;
        return bytes;
      }),
  ],
  [
    "bytes cut off or added",
    fc.tuple(file, fc.integer({ min: -80, max: 80 })).map(([bytes, more]) => {
      if (more < 0) return bytes.subarray(0, Math.max(0, bytes.byteLength + more));
      return Buffer.concat([bytes, Buffer.alloc(more)]);
    }),
  ],
  [
    "a header length that lies",
    fc.tuple(file, fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 600n))).map(([bytes, length]) => {
      bytes.writeBigUInt64LE(length);
      return bytes;
    }),
  ],
  [
    "a hostile dimension",
    redescribed(hostile, (tensor, value) => described({ ...fieldsOf(tensor), shape: `[${value}]` })),
  ],
  [
    "hostile offsets",
    redescribed(fc.tuple(hostile, hostile), (tensor, offsets) =>
      described({ ...fieldsOf(tensor), offsets: `[${offsets.join()}]` }),
    ),
  ],
  [
    "a field of another kind",
    redescribed(fc.tuple(fc.constantFrom("dtype", "shape", "offsets"), hostile), (tensor, [field, value]) =>
      described({ ...fieldsOf(tensor), [field]: value }),
    ),
  ],
  ["something else for a tensor", redescribed(hostile, (_, value) => value)],
  [
    "a tensor moved",
    redescribed(small, (tensor, by) =>
      described({ ...fieldsOf(tensor), offsets: JSON.stringify(tensor.offsets.map((at) => at + by)) }),
    ),
  ],
  [
    "a tensor left out",
    chosen.map(({ tensor, tensors, dataBytes }) =>
      fileOf({ dataBytes, tensors: tensors.filter((each) => each !== tensor) }),
    ),
  ],
  [
    "bytes under two names",
    chosen.map(({ tensor, tensors, dataBytes }) =>
      fileOf({ dataBytes, tensors: [...tensors, { ...tensor, name: "another, longer name" }] }),
    ),
  ],
];

/** These never do. */
const broken: [string, fc.Arbitrary<Buffer>][] = [
  [
    "a name twice",
    chosen.map(({ tensor, tensors, dataBytes }) => fileOf({ dataBytes, tensors: [...tensors, tensor] })),
  ],
  [
    "dimensions that are no counts, although their product is right",
    redescribed(fc.constantFrom([-1, -1], [0.5, 2]), (tensor, more) =>
      described({ ...fieldsOf(tensor), shape: JSON.stringify([...more, ...tensor.shape]) }),
    ),
  ],
  [
    "a byte that is not UTF-8",
    fc.tuple(file, fc.nat(), fc.integer({ min: 0x80, max: 0xff })).map(([bytes, at, byte]) => {
      const length = Number(bytes.readBigUInt64LE());
      const cut = 8 + (at % length);
      bytes.writeBigUInt64LE(BigInt(length + 1));
      return Buffer.concat([bytes.subarray(0, cut), Buffer.of(byte), bytes.subarray(cut)]);
    }),
  ],
  [
    "nesting that never ends",
    fc
      .tuple(fc.constantFrom("[", '{"a":', '[{"":'), fc.integer({ min: 1, max: 100_000 }))
      .map(([open, depth]) => safetensorsFile(`{"a":${open.repeat(depth)}`, new Uint8Array(0))),
  ],
];

describe("a safetensors file", () => {
  it("that is right is read", () => {
    fc.assert(
      fc.property(draft, (one) => {
        const bytes = fileOf(one);
        const entries = read(bytes);
        expect(entries?.size).toBe(one.tensors.length);
        expectCoverage(bytes, entries!);
      }),
    );
  });

  it("of random bytes is refused, or empty", () => {
    const honest = fc.uint8Array({ maxLength: 60 }).map((bytes) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(bytes.byteLength + 1));
      return Buffer.concat([length, Buffer.from("{"), bytes]);
    });
    const anything = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(honest, anything), (bytes) => {
        expect(read(bytes)?.size ?? 0).toBe(0); // `{}` is right
      }),
      { numRuns: 1000 },
    );
  });

  test.each(changed)("with %s is refused, or obeys the rule all the same", (_, files) => {
    let refused = 0;
    fc.assert(
      fc.property(files, (bytes) => {
        const entries = read(bytes);
        if (entries === null) refused++;
        else expectCoverage(bytes, entries);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(50);
  });

  test.each(broken)("with %s is refused", (_, files) => {
    fc.assert(
      fc.property(files, (bytes) => {
        expect(read(bytes)).toBeNull();
      }),
    );
  });

  it("with a name of a megabyte, or with very many tensors, is read in time", () => {
    const scalar = { dtype: "BOOL", shape: [] };
    const named: Tensor = { ...scalar, name: "w".repeat(1024 * 1024), offsets: [0, 1] };
    expect(read(fileOf({ tensors: [named], dataBytes: 1 }))?.size).toBe(1);
    const tensors = Array.from({ length: 10_000 }, (_, i): Tensor => ({
      ...scalar,
      name: String(i),
      offsets: [i, i + 1],
    }));
    expect(read(fileOf({ tensors, dataBytes: 10_000 }))?.size).toBe(10_000);
  });

  const room = MAX_HEADER_BYTES - 16;
  const repeated = (piece: string): string => piece.repeat(room / piece.length);
  const largest: [string, string][] = [
    ["arrays in arrays", nested(room / 2)],
    ["objects in objects", `${'{"":'.repeat(room / 5)}1${"}".repeat(room / 5)}`],
    ["arrays in an array", `[${repeated("[],").slice(0, -1)}]`],
    ["objects in an array", `[${repeated("{},").slice(0, -1)}]`],
  ];
  test.each(largest)("with a header of %s, as large as may be, is refused in time", (_, value) => {
    const header = `{"a":${value}}`;
    expect(header.length).toBeGreaterThan(MAX_HEADER_BYTES * 0.9);
    expect(header.length).toBeLessThanOrEqual(MAX_HEADER_BYTES);
    expect(read(safetensorsFile(header, new Uint8Array(0)))).toBeNull();
  });
});
