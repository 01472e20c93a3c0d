/** How far a card's logits are from a reference's, at most over all sequences of a step. */
export interface Agreement {
  readonly mostLogit: number;
  /** Difference of P(unsafe), 0..1. */
  readonly mostScore: number;
}

type Logits = readonly (readonly number[])[];

/**
 * Some three times what float16 rounding costs (0.014 in two layers of 8B, float16 beside float32 on a CPU), and less than an
 * attention costs that loses the positions of packed sequences (0.08 in two tiny layers, 16 tokens behind 64).
 */
const MOST_LOGIT = 0.05;

export function compareLogits(
  ours: Logits,
  reference: Logits,
  { safe, unsafe }: { readonly safe: number; readonly unsafe: number },
): Agreement {
  const scoreOf = (row: readonly number[]): number => 1 / (1 + Math.exp(row[safe]! - row[unsafe]!));
  if (ours.length !== reference.length || ours.length === 0)
    throw new Error(`${String(ours.length)} rows beside ${String(reference.length)}`);
  const apart = (a: number, b: number): number => Math.abs(a - b);
  return {
    mostLogit: Math.max(
      ...ours.flatMap((row, i) => row.map((logit, column) => apart(logit, reference[i]![column]!))),
    ),
    mostScore: Math.max(...ours.map((row, i) => apart(scoreOf(row), scoreOf(reference[i]!)))),
  };
}

/** Speed with another verdict does not count. */
export const agrees = ({ mostLogit }: Agreement): boolean => mostLogit <= MOST_LOGIT;
