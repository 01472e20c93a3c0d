import type { LayerShape } from "../protocol.js";

/** Keys and values of one layer that later runs look at: float32 [kvHeads, capacityTokens, headDim] each. */
export interface KeptRows {
  readonly capacityTokens: number;
  readonly keys: Float32Array;
  readonly values: Float32Array;
  /** Copies the rows of new tokens, `[kvHeads, tokens, headDim]`, behind the first `at` tokens. */
  put(at: number, keys: Float32Array, values: Float32Array): void;
}

export function createKeptRows(
  { kvHeads, headDim }: Pick<LayerShape, "kvHeads" | "headDim">,
  capacityTokens: number,
): KeptRows {
  const create = (): Float32Array => new Float32Array(kvHeads * capacityTokens * headDim);
  const [keys, values] = [create(), create()];
  const copy = (from: Float32Array, to: Float32Array, at: number): void => {
    const size = from.length / kvHeads;
    for (let head = 0; head < kvHeads; head++)
      to.set(from.subarray(head * size, (head + 1) * size), (head * capacityTokens + at) * headDim);
  };
  return {
    ...{ capacityTokens, keys, values },
    put(at, newKeys, newValues) {
      copy(newKeys, keys, at);
      copy(newValues, values, at);
    },
  };
}
