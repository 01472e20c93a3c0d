/**
 * Rotation turns rows (i, i + half) of a head for Hugging Face, rows (2i, 2i + 1) for llama.cpp.
 * @returns which row of a Hugging Face matrix stands at `row` of llama.cpp's
 */
export function rotaryRow(row: number, headDim: number): number {
  const within = row % headDim;
  return row - within + (within % 2) * (headDim / 2) + Math.floor(within / 2);
}
