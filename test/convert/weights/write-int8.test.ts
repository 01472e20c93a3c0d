import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MAX_WEIGHT, quantizeRowInt8 } from "../../../src/convert/weights/write-int8.js";

const row = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e3, max: 1e3 }), { minLength: 1 })
  .map((values) => Float32Array.from(values));

function quantize(values: Float32Array): { integers: Int8Array; scale: number } {
  const integers = new Int8Array(values.length);
  return { scale: quantizeRowInt8(values, integers), integers };
}

describe("quantizeRowInt8", () => {
  it("stays within half a step of every weight, and within seven bits", () => {
    fc.assert(
      fc.property(row, (values) => {
        const { integers, scale } = quantize(values);
        values.forEach((value, i) => {
          expect(Math.abs(integers[i]!)).toBeLessThanOrEqual(MAX_WEIGHT);
          expect(Math.abs(value - integers[i]! * scale)).toBeLessThanOrEqual(scale * 0.5001);
        });
      }),
    );
  });

  it("scales by the largest weight", () => {
    expect(quantize(Float32Array.of(1, -0.5, 0, 0.25))).toEqual({
      integers: Int8Array.of(63, -31, 0, 16),
      scale: Math.fround(1 / 63),
    });
  });

  it("keeps a row of zeros at zero, with a scale that is not", () => {
    expect(quantize(new Float32Array(4))).toEqual({ integers: new Int8Array(4), scale: 1 });
  });

  it("leaves room for two products in the sixteen bits of processors without VNNI", () => {
    expect(2 * 255 * MAX_WEIGHT).toBeLessThanOrEqual(32767);
  });
});
