import type { MergeTable } from "./merge-table.js";

/** Rank and position packed in one number, exact below 2^53: positions may go up to 2^24. */
const POSITIONS = 2 ** 24;

/**
 * Byte-pair encoding: merges neighbours, the pair of lowest rank first and of equal ranks the leftmost, until
 * nothing merges. Linear-logarithmic and without an object per step, so that a word of 100,000 characters is
 * no way to hold up the process.
 * @param ids tokens of single bytes or characters; overwritten
 */
export function mergeBytes(ids: Int32Array, table: MergeTable): number[] {
  const count = ids.length;
  const next = Int32Array.from(ids, (_id, at) => at + 1);
  const previous = Int32Array.from(ids, (_id, at) => at - 1);
  /** Rank of the pair that begins here, -1 where none does; an entry of the heap that says otherwise is old. */
  const ranks = new Int32Array(count).fill(-1);
  const heap = new MinHeap();

  const look = (at: number): void => {
    const after = next[at]!;
    ranks[at] = after < count ? table.rankOf(ids[at]!, ids[after]!) : -1;
    if (ranks[at]! >= 0) heap.push(ranks[at]! * POSITIONS + at);
  };
  for (let at = 0; at < count; at += 1) look(at);

  for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
    const at = top % POSITIONS;
    const rank = (top - at) / POSITIONS;
    if (ranks[at] !== rank) continue;
    const gone = next[at]!;
    const after = next[gone]!;
    ids[at] = table.mergedBy(rank);
    ranks[gone] = -1;
    next[at] = after;
    if (after < count) previous[after] = at;
    look(at);
    if (previous[at]! >= 0) look(previous[at]!);
  }

  const merged: number[] = [];
  for (let at = 0; at < count; at = next[at]!) merged.push(ids[at]!);
  return merged;
}

/** Numbers, smallest first. */
class MinHeap {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child += 1;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
