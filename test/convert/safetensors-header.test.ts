import { describe, expect, it, test } from "@jest/globals";
import fc from "fast-check";
import { GuardError } from "../../src/base/index.js";
import {
  MAX_HEADER_BYTES,
  parseSafetensorsHeader,
  readHeaderBytes,
} from "../../src/convert/safetensors-header.js";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (header: string | Uint8Array, dataBytes: number): ReturnType<typeof parseSafetensorsHeader> => {
  const bytes = typeof header === "string" ? encode(header) : header;
  return parseSafetensorsHeader(bytes, 8 + bytes.byteLength + dataBytes, "m.safetensors");
};
const entry = (begin: number, end: number, more: object = {}): object => ({
  dtype: "F16",
  shape: [(end - begin) / 2],
  data_offsets: [begin, end],
  ...more,
});
const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) });

describe("parseSafetensorsHeader", () => {
  it("finds tensors in any order, with metadata and padding", () => {
    const header = `${JSON.stringify({ __metadata__: { format: "pt" }, b: entry(4, 8), a: entry(0, 4) })}   `;
    const entries = parse(header, 8);
    const start = 8 + header.length;
    expect(entries.get("a")).toEqual({ dtype: "F16", shape: [2], begin: start, end: start + 4 });
    expect([...entries.keys()].sort()).toEqual(["a", "b"]);
  });

  it("knows tensors without dimensions and without elements", () => {
    const entries = parse(
      JSON.stringify({ one: entry(0, 2, { shape: [] }), none: entry(2, 2, { shape: [0, 7] }) }),
      2,
    );
    expect(entries.size).toBe(2);
  });

  const malformed: [string, string | Uint8Array, number, RegExp][] = [
    ["text that is not JSON", "{", 0, /not JSON/],
    ["bytes that are not UTF-8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), 0, /not JSON in UTF-8/],
    ["an array", "[]", 0, /does not begin with \{/],
    ["leading space", " {}", 0, /does not begin with \{/],
    ["a name twice", `{"a":${JSON.stringify(entry(0, 2))},"a":${JSON.stringify(entry(0, 2))}}`, 2, /twice/],
    [
      "a name twice in another spelling",
      `{"a":${JSON.stringify(entry(0, 2))},"\\u0061":${JSON.stringify(entry(0, 2))}}`,
      2,
      /twice/,
    ],
    ["a field twice", `{"a":{"dtype":"F16","dtype":"F16","shape":[1],"data_offsets":[0,2]}}`, 2, /twice/],
    ["metadata that is not text", `{"__metadata__":{"a":1}}`, 0, /__metadata__/],
    ["metadata that is a list", `{"__metadata__":[]}`, 0, /__metadata__/],
    ["a tensor that is null", `{"a":null}`, 0, /not described/],
    ["a tensor with a field too many", JSON.stringify({ a: entry(0, 2, { more: 1 }) }), 2, /not described/],
    ["an unknown dtype", JSON.stringify({ a: entry(0, 2, { dtype: "F128" }) }), 2, /dtype/],
    [
      "a dtype that is a property of objects",
      JSON.stringify({ a: entry(0, 2, { dtype: "toString" }) }),
      2,
      /dtype/,
    ],
    ["a negative dimension", JSON.stringify({ a: entry(0, 2, { shape: [-1] }) }), 2, /shape/],
    ["a fractional dimension", JSON.stringify({ a: entry(0, 2, { shape: [0.5] }) }), 2, /shape/],
    [
      "a dimension beyond exact integers",
      JSON.stringify({ a: entry(0, 2, { shape: [2 ** 60] }) }),
      2,
      /shape/,
    ],
    [
      "a product beyond exact integers",
      JSON.stringify({ a: entry(0, 2, { shape: [2 ** 50, 2 ** 50] }) }),
      2,
      /size/,
    ],
    ["too many dimensions", JSON.stringify({ a: entry(0, 2, { shape: Array(9).fill(1) }) }), 2, /shape/],
    ["one offset", JSON.stringify({ a: entry(0, 2, { data_offsets: [0] }) }), 2, /data_offsets/],
    ["a negative offset", JSON.stringify({ a: entry(0, 2, { data_offsets: [-2, 0] }) }), 2, /data_offsets/],
    ["offsets the wrong way round", JSON.stringify({ a: entry(0, 2, { data_offsets: [2, 0] }) }), 2, /size/],
    ["a size that the shape contradicts", JSON.stringify({ a: entry(0, 2, { shape: [2] }) }), 2, /size/],
    ["overlapping tensors", JSON.stringify({ a: entry(0, 4), b: entry(2, 6) }), 6, /overlap/],
    ["a hole at the start", JSON.stringify({ a: entry(2, 4) }), 4, /hole/],
    ["a hole between tensors", JSON.stringify({ a: entry(0, 2), b: entry(4, 6) }), 6, /hole/],
    ["tensors past the end of the file", JSON.stringify({ a: entry(0, 4) }), 2, /past the end/],
    ["data after the last tensor", JSON.stringify({ a: entry(0, 2) }), 4, /after the last/],
    ["data without any tensor", "{}", 1, /after the last/],
  ];
  test.each(malformed)("refuses %s", (_, header, dataBytes, message) => {
    expect(() => parse(header, dataBytes)).toThrow(refusal(message));
  });

  it("fails in no other way, whatever the bytes", () => {
    const jsonLike = fc.jsonValue().map((value) => encode(JSON.stringify(value)));
    const fields = fc.record({
      dtype: fc.constantFrom("F16", "F32", 7),
      shape: fc.jsonValue(),
      data_offsets: fc.jsonValue(),
    });
    const tensorLike = fc.dictionary(fc.string(), fields).map((value) => encode(JSON.stringify(value)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), jsonLike, tensorLike), fc.nat(64), (header, dataBytes) => {
        try {
          parse(header, dataBytes);
        } catch (error) {
          expect(error).toBeInstanceOf(GuardError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("readHeaderBytes", () => {
  const length = (n: bigint): Uint8Array => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, n, true);
    return bytes;
  };

  it("reads an unsigned little-endian integer", () => {
    expect(readHeaderBytes(length(258n), 1000, "m.safetensors")).toBe(258);
  });

  const malformed: [string, Uint8Array, RegExp][] = [
    ["a file shorter than the length", new Uint8Array(7), /shorter than 8/],
    ["a header past the end of the file", length(993n), /past the end/],
    ["a header above the ceiling", length(BigInt(MAX_HEADER_BYTES) + 1n), /header above/],
    ["the largest number there is", length(2n ** 64n - 1n), /header above/],
  ];
  test.each(malformed)("refuses %s", (_, start, message) => {
    expect(() => readHeaderBytes(start, 1000, "m.safetensors")).toThrow(refusal(message));
  });
});
