import fc from "fast-check";
import type { Scored } from "../../../src/eval/metrics/sample.js";

/**
 * Figures straight from their definitions, by looking at every item, pair or threshold anew. Slow, and written
 * without a look at the code it checks.
 */
export const naive = {
  recall: (items: readonly Scored[]) =>
    share(
      items.filter(({ unsafe }) => unsafe),
      ({ flagged }) => flagged,
    ),
  precision: (items: readonly Scored[]) =>
    share(
      items.filter(({ flagged }) => flagged),
      ({ unsafe }) => unsafe,
    ),
  falsePositiveRate: (items: readonly Scored[]) =>
    share(
      items.filter(({ unsafe }) => !unsafe),
      ({ flagged }) => flagged,
    ),
  accuracy: (items: readonly Scored[]) => share(items, ({ unsafe, flagged }) => unsafe === flagged),
  /** Harmonic mean of precision and recall. */
  f1(items: readonly Scored[]): number | null {
    const [precision, recall] = [naive.precision(items), naive.recall(items)];
    if (precision === null && recall === null) return null;
    if (!precision || !recall) return 0;
    return 2 / (1 / precision + 1 / recall);
  },
  /** sum over thresholds of (recall - recall before) * precision. */
  auprc(items: readonly Scored[]): number | null {
    if (!bothSides(items)) return null;
    let [area, before] = [0, 0];
    for (const threshold of thresholds(items)) {
      const flagged = items.map((item) => ({ ...item, flagged: item.score >= threshold }));
      area += (naive.recall(flagged)! - before) * naive.precision(flagged)!;
      before = naive.recall(flagged)!;
    }
    return area;
  },
  auroc(items: readonly Scored[]): number | null {
    if (!bothSides(items)) return null;
    const wins = items
      .filter(({ unsafe }) => unsafe)
      .flatMap((one) =>
        items.filter(({ unsafe }) => !unsafe).map((other) => (Math.sign(one.score - other.score) + 1) / 2),
      );
    return wins.reduce((sum, win) => sum + win, 0) / wins.length;
  },
  recallAt1PercentFpr(items: readonly Scored[]): number | null {
    if (!bothSides(items)) return null;
    const recalls = [Infinity, ...thresholds(items)].flatMap((threshold) => {
      const flagged = items.map((item) => ({ ...item, flagged: item.score >= threshold }));
      return naive.falsePositiveRate(flagged)! <= 0.01 ? [naive.recall(flagged)!] : [];
    });
    return Math.max(...recalls);
  },
  brier: (items: readonly Scored[]) =>
    items.length === 0
      ? null
      : items.reduce((sum, { score, unsafe }) => sum + (score - Number(unsafe)) ** 2, 0) / items.length,
};

const bothSides = (items: readonly Scored[]): boolean =>
  items.some(({ unsafe }) => unsafe) && items.some(({ unsafe }) => !unsafe);
const thresholds = (items: readonly Scored[]): number[] =>
  [...new Set(items.map(({ score }) => score))].sort((one, other) => other - one);
const share = (items: readonly Scored[], is: (item: Scored) => boolean): number | null =>
  items.length === 0 ? null : items.filter(is).length / items.length;

/** Scores of one decimal, so that ties are common. */
export const items = (size: { minLength?: number; maxLength: number }): fc.Arbitrary<Scored[]> =>
  fc.array(
    fc.record({
      unsafe: fc.boolean(),
      score: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
      flagged: fc.boolean(),
      group: fc.integer({ min: 0, max: 5 }),
    }),
    size,
  );
