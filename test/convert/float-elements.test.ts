import { describe, expect, it, test } from "@jest/globals";
import { fromFloat32, isFinite, toFloat32 } from "../../src/convert/float-elements.js";

const bytesOf = ({ buffer }: Uint16Array | Float32Array): Uint8Array => new Uint8Array(buffer);

const ALL_BITS = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

/** IEEE 754 by its definition. */
function valueOf(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe("toFloat32", () => {
  it("widens every half exactly", () => {
    const values = toFloat32("F16", bytesOf(ALL_BITS));
    expect(values).toEqual(Float32Array.from(ALL_BITS, (bits) => valueOf(bits, 5, 10)));
  });

  it("widens every bfloat16 exactly", () => {
    const values = toFloat32("BF16", bytesOf(ALL_BITS));
    expect(values).toEqual(Float32Array.from(ALL_BITS, (bits) => valueOf(bits, 8, 7)));
  });

  it("takes float32 as it is", () => {
    expect(toFloat32("F32", bytesOf(Float32Array.of(1.5, -2)))).toEqual(Float32Array.of(1.5, -2));
  });
});

describe("isFinite", () => {
  test.each([["F16", 5, 10] as const, ["BF16", 8, 7] as const])("is right about every %s", (type, e, f) => {
    for (let bits = 0; bits < 65536; bits++)
      if (isFinite(toFloat32(type, bytesOf(Uint16Array.of(bits)))) !== Number.isFinite(valueOf(bits, e, f)))
        throw new Error(`wrong about ${String(bits)}`);
  });
});

describe("fromFloat32", () => {
  const types = [["F16", 5, 10] as const, ["BF16", 8, 7] as const];

  test.each(["F16", "BF16"] as const)("gives back the bits of every %s", (type) => {
    const values = toFloat32(type, bytesOf(ALL_BITS));
    const back = fromFloat32(type, values) as Uint16Array;
    for (const bits of ALL_BITS)
      if (back[bits] !== bits && !Number.isNaN(values[bits])) throw new Error(`changed ${String(bits)}`);
      else if (Number.isNaN(values[bits]))
        expect(toFloat32(type, bytesOf(back.slice(bits, bits + 1)))[0]).toBeNaN();
  });

  test.each(types)("rounds to the nearest %s, a tie to the even one", (type, e, f) => {
    const finite = [...ALL_BITS.subarray(0, 0x8000)].filter((bits) => Number.isFinite(valueOf(bits, e, f)));
    for (const bits of finite.slice(0, -1)) {
      const [low, high] = [valueOf(bits, e, f), valueOf(bits + 1, e, f)];
      const even = bits % 2 === 0 ? bits : bits + 1;
      const middle = (low + high) / 2;
      const [below, above] = [(low + middle) / 2, (middle + high) / 2];
      const rounded = fromFloat32(type, Float32Array.of(middle, below, above, -middle));
      expect([...rounded]).toEqual([even, bits, bits + 1, even | 0x8000]);
    }
  });

  it("turns what no half can hold into infinity", () => {
    expect([...fromFloat32("F16", Float32Array.of(65519, 65520, -1e30, 1e-9))]).toEqual([
      0x7bff, 0x7c00, 0xfc00, 0,
    ]);
  });
});
