type Elements = Float32Array | Uint16Array | Int8Array;

/**
 * Writes rows of a matrix as columns of another, `[columns, allRows]`.
 * @param block `[rows, columns]`, row `from` of the whole first
 */
export function turnInto(
  turned: Elements,
  allRows: number,
  block: Elements,
  { from, rows }: { readonly from: number; readonly rows: number },
): void {
  const columns = block.length / rows;
  // Along the columns of the target outside, along its rows inside: writes fill whole cache lines.
  for (let column = 0; column < columns; column++) {
    let source = column;
    const start = column * allRows + from;
    for (let row = 0; row < rows; row++, source += columns) turned[start + row] = block[source]!;
  }
}
