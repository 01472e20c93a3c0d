import { fromFloat32 } from "../../convert/float-elements.js";
import { GGUF_BLOCK, type GgufTensorType } from "./gguf-head.js";

/** Values as a tensor of that type stores them; whole blocks. */
export function encodeBlocks(type: GgufTensorType, values: Float32Array): Uint8Array {
  switch (type) {
    case "F32":
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    case "Q4_0":
      return encodeEach("Q4_0", values, extremeOver(-8), (packed, block, perScale) => {
        for (let i = 0; i < 16; i++)
          packed[i] = nibble(block[i]! * perScale) | (nibble(block[i + 16]! * perScale) << 4);
      });
    case "Q8_0":
      return encodeEach("Q8_0", values, extremeOver(127), (packed, block, perScale) => {
        for (let i = 0; i < 32; i++) packed[i] = Math.round(block[i]! * perScale); // wraps to two's complement
      });
  }
}

/** As `quantize_row_q4_0_ref` of ggml: moved up by 8, half a step added, cut off. */
const nibble = (scaled: number): number => Math.min(15, Math.trunc(scaled + 8.5));

/** The scale by which the value of largest magnitude becomes `integer`, for Q8_0 without its sign. */
const extremeOver =
  (integer: number) =>
  (block: Float32Array): number => {
    let extreme = 0;
    for (const value of block) if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    return (integer > 0 ? Math.abs(extreme) : extreme) / integer;
  };

function encodeEach(
  type: "Q4_0" | "Q8_0",
  values: Float32Array,
  scaleOf: (block: Float32Array) => number,
  pack: (packed: Uint8Array, block: Float32Array, perScale: number) => void,
): Uint8Array {
  const [blockValues, blockBytes] = GGUF_BLOCK[type];
  const count = values.length / blockValues;
  const bytes = new Uint8Array(count * blockBytes);
  const scales = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const block = values.subarray(i * blockValues, (i + 1) * blockValues);
    const scale = (scales[i] = scaleOf(block));
    pack(bytes.subarray(i * blockBytes + 2, (i + 1) * blockBytes), block, scale === 0 ? 0 : 1 / scale);
  }
  const halves = fromFloat32("F16", scales);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) view.setUint16(i * blockBytes, halves[i]!, true);
  return bytes;
}
