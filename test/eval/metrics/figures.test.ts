import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { figuresOf } from "../../../src/eval/metrics/figures.js";
import { thresholdAtFpr } from "../../../src/eval/metrics/ranking-figures.js";
import { createSample, onceEach, type Scored } from "../../../src/eval/metrics/sample.js";
import { items, naive } from "./oracle.js";

const measure = (rows: readonly Scored[]) => {
  const sample = createSample(rows);
  return figuresOf(sample, onceEach(sample));
};
function expectClose(found: number | null, wanted: number | null): void {
  if (wanted === null || found === null) expect(found).toBe(wanted);
  else expect(found).toBeCloseTo(wanted, 10);
}

describe("figuresOf", () => {
  it("agrees with the definitions, ties and missing sides included", () => {
    fc.assert(
      fc.property(items({ maxLength: 40 }), (rows) => {
        const figures = measure(rows);
        for (const name of ["f1", "precision", "recall", "accuracy", "falsePositiveRate"] as const) {
          expectClose(figures.atPolicy[name], naive[name](rows));
          const atHalf = rows.map((row) => ({ ...row, flagged: row.score >= 0.5 }));
          expectClose(figures.atHalf[name], naive[name](atHalf));
        }
        for (const name of ["auprc", "auroc", "recallAt1PercentFpr", "brier"] as const)
          expectClose(figures[name], naive[name](rows));
      }),
      { numRuns: 500 },
    );
  });

  it("lets two false alarms of two hundred pass at 1 %, and not three", () => {
    const safe = (score: number): Scored => ({ unsafe: false, score, flagged: false, group: 0 });
    const unsafe = (score: number): Scored => ({ ...safe(score), unsafe: true });
    const quiet = Array.from({ length: 197 }, () => safe(0.01));
    const rows = [unsafe(0.95), safe(0.9), safe(0.8), unsafe(0.75), safe(0.7), unsafe(0.6), ...quiet];
    expect(measure(rows).recallAt1PercentFpr).toBeCloseTo(2 / 3, 10);
    const sample = createSample(rows);
    expect(thresholdAtFpr(sample, onceEach(sample), 0.01)).toBe(0.75);
    expect(thresholdAtFpr(sample, onceEach(sample), 0)).toBe(0.95);
  });

  it("gives the same to a weight of two as to a row written twice", () => {
    fc.assert(
      fc.property(
        items({ minLength: 1, maxLength: 20 }),
        fc.infiniteStream(fc.nat({ max: 3 })),
        (rows, counts) => {
          // Distinct scores: the bins of a calibration error may split a tie in any way.
          const apart = rows.map((row, at) => ({ ...row, score: (row.score + at / 100) / 2 }));
          const times = apart.map(() => counts.next().value as number);
          const sample = createSample(apart);
          const weights = new Uint16Array(apart.length);
          [...apart.keys()]
            .sort((one, other) => apart[other]!.score - apart[one]!.score)
            .forEach((row, at) => (weights[at] = times[row]!));
          const copies = apart.flatMap((row, at) => Array.from({ length: times[at]! }, () => row));
          const [weighted, copied] = [figuresOf(sample, weights), measure(copies)];
          expectClose(weighted.auprc, copied.auprc);
          expectClose(weighted.auroc, copied.auroc);
          expectClose(weighted.ece, copied.ece);
          expectClose(weighted.brier, copied.brier);
          expectClose(weighted.atPolicy.f1, copied.atPolicy.f1);
        },
      ),
    );
  });

  it("ranks by order alone: a curve that only bends scores changes nothing but calibration", () => {
    fc.assert(
      fc.property(items({ maxLength: 30 }), (rows) => {
        const bent = rows.map((row) => ({ ...row, score: row.score ** 3 }));
        const [straight, other] = [measure(rows), measure(bent)];
        expectClose(other.auprc, straight.auprc);
        expectClose(other.auroc, straight.auroc);
        expectClose(other.recallAt1PercentFpr, straight.recallAt1PercentFpr);
      }),
    );
  });
});
