/**
 * Finds the nucleus: the smallest set of heaviest tokens whose weights reach `share` of the whole; of equals, those
 * with lower ids come first. Its boundary is looked for by halving what may hold it, O(V) on average, where sorting
 * Llama 3's 128,256 tokens would take some 20 ms for each one drawn.
 * @param weights float64 [V], none negative, at least one above 0
 * @param total of all weights
 * @param share 0..1, exclusive of 0
 * @returns its tokens, lowest id first
 */
export function nucleusOf(weights: Float64Array, total: number, share: number): number[] {
  const isBefore = (one: number, other: number): boolean =>
    weights[one]! > weights[other]! || (weights[one] === weights[other] && one < other);

  // All tokens below an even part of what may be left out cannot fill it together: few others remain.
  const least = ((1 - share) * total) / weights.length;
  const candidates: number[] = [];
  for (let token = 0; token < weights.length; token++) if (weights[token]! >= least) candidates.push(token);

  // tokens[0..from) belong to it; its last one is in tokens[from..to).
  const tokens = candidates.slice();
  let wanted = share * total;
  let from = 0;
  let to = tokens.length;
  while (to - from > 1) {
    swap(tokens, from, (from + to) >> 1);
    const pivot = tokens[from]!;
    let middle = from;
    let before = 0;
    for (let at = from + 1; at < to; at++)
      if (isBefore(tokens[at]!, pivot)) {
        before += weights[tokens[at]!]!;
        swap(tokens, ++middle, at);
      }
    swap(tokens, from, middle);
    const withPivot = before + weights[pivot]!;
    if (before >= wanted) to = middle;
    else if (withPivot >= wanted) [from, to] = [middle, middle + 1];
    else {
      wanted -= withPivot;
      from = middle + 1;
    }
  }
  const last = tokens[Math.min(from, to - 1)]!; // rounding may leave nothing behind `from`
  return candidates.filter((token) => !isBefore(last, token));
}

function swap(tokens: number[], one: number, other: number): void {
  const token = tokens[one]!;
  tokens[one] = tokens[other]!;
  tokens[other] = token;
}
