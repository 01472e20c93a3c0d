import { describe, expect, it, test } from "@jest/globals";
import { isFinite, toFloat32 } from "../../src/convert/float-elements.js";
import { tensorOf } from "../../src/convert/tensor.js";

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
    const values = toFloat32(tensorOf("F16", [65536], ALL_BITS));
    expect(values).toEqual(Float32Array.from(ALL_BITS, (bits) => valueOf(bits, 5, 10)));
  });

  it("widens every bfloat16 exactly", () => {
    const values = toFloat32(tensorOf("BF16", [65536], ALL_BITS));
    expect(values).toEqual(Float32Array.from(ALL_BITS, (bits) => valueOf(bits, 8, 7)));
  });

  it("takes float32 as it is", () => {
    expect(toFloat32(tensorOf("F32", [2], Float32Array.of(1.5, -2)))).toEqual(Float32Array.of(1.5, -2));
  });
});

describe("isFinite", () => {
  test.each([["F16", 5, 10] as const, ["BF16", 8, 7] as const])("is right about every %s", (type, e, f) => {
    for (let bits = 0; bits < 65536; bits++)
      if (isFinite(tensorOf(type, [1], Uint16Array.of(bits))) !== Number.isFinite(valueOf(bits, e, f)))
        throw new Error(`wrong about ${String(bits)}`);
  });
});
