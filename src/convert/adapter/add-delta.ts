/**
 * Adds rows `fromRow` to `fromRow + rows` of `scale * (b @ a)` to `block`, in place. Products are summed in
 * float32, scaled, then added, as PEFT merges on a CPU; what `block` becomes is rounded once, by whoever stores it.
 *
 * Rows of `a` are read end to end, four at a time: at 4,096 columns the four and the sums are 80 KB, which a core's
 * own cache holds.
 *
 * @param block float32 `[rows, columns]`
 * @param delta `a` is float32 `[rank, columns]`, `b` float32 `[out, rank]`
 */
export function addDelta(
  block: Float32Array,
  columns: number,
  fromRow: number,
  { rank, scale, a, b }: { rank: number; scale: number; a: Float32Array; b: Float32Array },
): void {
  const sums = new Float32Array(columns);
  for (let start = 0, row = fromRow; start < block.length; start += columns, row++) {
    sums.fill(0);
    const factors = b.subarray(row * rank, (row + 1) * rank);
    let k = 0;
    for (; k + 4 <= rank; k += 4) addFourRows(sums, a, k * columns, factors, k);
    for (; k < rank; k++) addRow(sums, a, k * columns, factors[k]!);
    addRow(block.subarray(start, start + columns), sums, 0, scale);
  }
}

/** `to += factor * from[at...]` */
function addRow(to: Float32Array, from: Float32Array, at: number, factor: number): void {
  for (let c = 0; c < to.length; c++) to[c]! += factor * from[at + c]!;
}

/** The same for four rows of `from` on end: one pass over `to` in place of four. */
function addFourRows(
  to: Float32Array,
  from: Float32Array,
  at: number,
  factors: Float32Array,
  k: number,
): void {
  const [f0, f1, f2, f3] = [factors[k]!, factors[k + 1]!, factors[k + 2]!, factors[k + 3]!];
  const width = to.length;
  const [at1, at2, at3] = [at + width, at + 2 * width, at + 3 * width];
  for (let c = 0; c < width; c++)
    to[c]! += f0 * from[at + c]! + f1 * from[at1 + c]! + f2 * from[at2 + c]! + f3 * from[at3 + c]!;
}
