import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MAX_WEIGHT, quantizeInt8 } from "../../src/convert/quantize-int8.js";

const WIDTH = 4;
const weights = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e3, max: 1e3 }), {
    minLength: 1,
    maxLength: 16,
  })
  .map((row) =>
    Float32Array.from([...row, ...new Array<number>((WIDTH - (row.length % WIDTH)) % WIDTH).fill(0)]),
  );

describe("quantizeInt8", () => {
  it("stays within half a step of every weight, and within seven bits", () => {
    fc.assert(
      fc.property(weights, (values) => {
        const rows = values.length / WIDTH;
        const quantized = quantizeInt8(values, rows);
        values.forEach((value, i) => {
          const scale = quantized.scales[Math.floor(i / WIDTH)]!;
          const integer = quantized.values[i]!;
          expect(Math.abs(integer)).toBeLessThanOrEqual(MAX_WEIGHT);
          expect(Math.abs(value - integer * scale)).toBeLessThanOrEqual(scale * 0.5001);
        });
      }),
    );
  });

  it("scales every output by its own largest weight", () => {
    const { values, scales } = quantizeInt8(Float32Array.of(1, -0.5, 0, 0.25, 100, 0, 0, -100), 2);
    expect([...values]).toEqual([63, -31, 0, 16, 63, 0, 0, -63]);
    expect([...scales]).toEqual([Math.fround(1 / 63), Math.fround(100 / 63)]);
  });

  it("keeps an output of zeros at zero, with a scale that is not", () => {
    expect(quantizeInt8(new Float32Array(WIDTH), 1)).toEqual({
      values: new Int8Array(WIDTH),
      scales: Float32Array.of(1),
    });
  });

  it("leaves room for two products in the sixteen bits of processors without VNNI", () => {
    expect(2 * 255 * MAX_WEIGHT).toBeLessThanOrEqual(32767);
  });
});
