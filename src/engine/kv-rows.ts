import type { ModelGeometry } from "../model/index.js";

/** Keys and values of some tokens: one float32 [kvHeads, capacityTokens, headDim] of each per layer. */
export interface KvRows {
  readonly capacityTokens: number;
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
}

type RowShape = Pick<ModelGeometry, "layers" | "kvHeads" | "headDim">;

export function createKvRows({ layers, kvHeads, headDim }: RowShape, capacityTokens: number): KvRows {
  const perLayer = kvHeads * capacityTokens * headDim;
  const all = new Float32Array(2 * layers * perLayer); // one allocation: blocks come and go by the thousand
  const pieces = Array.from({ length: 2 * layers }, (_, at) =>
    all.subarray(at * perLayer, (at + 1) * perLayer),
  );
  return { capacityTokens, keys: pieces.slice(0, layers), values: pieces.slice(layers) };
}

/** Copies the rows of `count` tokens, starting at `fromRow`, to `toRow` of another store; all layers. */
export function copyKvRows(
  { layers, kvHeads, headDim }: RowShape,
  from: KvRows,
  fromRow: number,
  to: KvRows,
  toRow: number,
  count: number,
): void {
  const copyLayer = (source: Float32Array, target: Float32Array): void => {
    for (let head = 0; head < kvHeads; head++) {
      const start = (head * from.capacityTokens + fromRow) * headDim;
      const rows = source.subarray(start, start + count * headDim);
      target.set(rows, (head * to.capacityTokens + toRow) * headDim);
    }
  };
  for (let layer = 0; layer < layers; layer++) {
    copyLayer(from.keys[layer]!, to.keys[layer]!);
    copyLayer(from.values[layer]!, to.values[layer]!);
  }
}
