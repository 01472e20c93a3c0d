import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  INT4_BLOCK,
  int4Blocks,
  quantizeRowInt4,
  unpackInt4,
} from "../../../src/convert/weights/write-int4.js";

const row = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 }), {
    minLength: 1,
    maxLength: 100,
  })
  .map((values) => Float32Array.from(values));

function quantize(values: Float32Array): { packed: Uint8Array; scales: Float32Array; back: number[] } {
  const blocks = int4Blocks(values.length);
  const packed = new Uint8Array((blocks * INT4_BLOCK) / 2);
  const scales = new Float32Array(blocks);
  quantizeRowInt4(values, packed, scales);
  const back = Array.from(values, (_, i) => unpackInt4(packed, i) * scales[Math.floor(i / INT4_BLOCK)]!);
  return { packed, scales, back };
}

const squares = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);

describe("quantizeRowInt4", () => {
  it("loses no more than the plain scale would, in any block", () => {
    fc.assert(
      fc.property(row, (values) => {
        const { back } = quantize(values);
        for (let start = 0; start < values.length; start += INT4_BLOCK) {
          const block = [...values.subarray(start, start + INT4_BLOCK)];
          const extreme = block.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
          const step = extreme / -8 || 1;
          const plain = block.map((value) => Math.max(-8, Math.min(7, Math.round(value / step))) * step);
          const lost = squares(block.map((value, i) => value - back[start + i]!));
          expect(lost).toBeLessThanOrEqual(
            squares(block.map((value, i) => value - plain[i]!)) * 1.0001 + 1e-9,
          );
        }
      }),
    );
  });

  it("keeps integers of its range exactly", () => {
    const values = Float32Array.from({ length: INT4_BLOCK }, (_, i) => ((i % 16) - 8) * 0.5);
    expect(quantize(values).back).toEqual([...values]);
  });

  it("packs the earlier of two weights into the lower half, and fills up with what stands for zero", () => {
    const { packed } = quantize(Float32Array.of(-8, 3, 7));
    expect([...packed]).toEqual([0xb0, 0x8f, ...new Array<number>(14).fill(0x88)]);
  });

  it("keeps a block of zeros at zero", () => {
    const { back, scales } = quantize(new Float32Array(INT4_BLOCK + 1));
    expect(back).toEqual(new Array(INT4_BLOCK + 1).fill(0));
    expect([...scales]).toEqual([1, 1]);
  });
});
