import { GuardError } from "../base/index.js";

/** Which pairs of tokens merge into which token, and in what order: pairs with a lower rank merge first. */
export interface MergeTable {
  /** @returns rank of the pair, or -1 when it does not merge */
  rankOf(left: number, right: number): number;
  /** @returns the token that the pair of this rank becomes */
  mergedBy(rank: number): number;
}

/**
 * A hash table in typed arrays, open addressing at most half full. Llama 3 has 280,147 merges; as a Map with
 * text for keys they take ten times the memory and several times the time of each look.
 * @param merges as `tokenizer.json` has them: `"a b"` or `["a", "b"]`, first merge first
 * @throws GuardError `bad_model_file` for a merge of or into something that is not a token
 */
export function createMergeTable(vocab: ReadonlyMap<string, number>, merges: readonly unknown[]): MergeTable {
  const bits = Math.ceil(Math.log2(Math.max(merges.length, 1))) + 1;
  const slots = new Int32Array(2 ** bits).fill(-1); // rank of the pair in this slot
  const lefts = new Int32Array(merges.length);
  const rights = new Int32Array(merges.length);
  const results = new Int32Array(merges.length);

  const slotOf = (left: number, right: number): number => {
    let slot = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b) >>> (32 - bits);
    for (;;) {
      const rank = slots[slot]!;
      if (rank < 0 || (lefts[rank] === left && rights[rank] === right)) return slot;
      slot = (slot + 1) & (slots.length - 1);
    }
  };

  merges.forEach((merge, rank) => {
    const [a, b] = readMerge(merge);
    const [left, right, result] = [a, b, a + b].map((token) => vocab.get(token));
    if (left === undefined || right === undefined || result === undefined)
      throw new GuardError(
        "bad_model_file",
        `tokenizer.json: merge ${String(rank)} is not of tokens into a token`,
      );
    const slot = slotOf(left, right);
    if (slots[slot]! >= 0) return; // the first of two equal merges counts
    slots[slot] = rank;
    [lefts[rank], rights[rank], results[rank]] = [left, right, result];
  });

  return { rankOf: (left, right) => slots[slotOf(left, right)]!, mergedBy: (rank) => results[rank]! };
}

/** Both tokens of a merge; of one that is malformed, names of no token. */
export function readMerge(merge: unknown): readonly [left: string, right: string] {
  const [left, right] = (Array.isArray(merge) ? merge : String(merge).split(" ")) as unknown[];
  return [String(left ?? ""), String(right ?? "")];
}
