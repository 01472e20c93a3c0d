import { describe, expect, it } from "@jest/globals";
import { seededRandom } from "../../../src/base/index.js";
import { estimate } from "../../../src/eval/metrics/bootstrap.js";
import {
  createSample,
  onceEach,
  type Sample,
  type Scored,
  type Weights,
} from "../../../src/eval/metrics/sample.js";

const share = ({ unsafe }: Sample, weights: Weights): { share: number } => {
  let [hits, all] = [0, 0];
  weights.forEach((weight, at) => {
    hits += weight * unsafe[at]!;
    all += weight;
  });
  return { share: hits / all };
};
const draw = (seed = 1, draws = 2_000) => ({ draws, random: seededRandom(seed) });
/** `groups` prompts of `each` rows; half of the prompts are unsafe. */
const rows = (groups: number, each: number): Scored[] =>
  Array.from({ length: groups * each }, (_, at) => ({
    ...{ unsafe: Math.floor(at / each) % 2 === 0, score: 0.5, flagged: false },
    group: Math.floor(at / each),
  }));
const widthOf = (items: Scored[]): number => {
  const sample = createSample(items);
  const { share: found } = estimate(sample, onceEach(sample), share, draw());
  return found.high! - found.low!;
};

describe("estimate", () => {
  it("is as wide as theory has it for a share of independent rows", () => {
    const theory = 2 * 1.96 * Math.sqrt(0.25 / 400);
    expect(widthOf(rows(400, 1)) / theory).toBeGreaterThan(0.9);
    expect(widthOf(rows(400, 1)) / theory).toBeLessThan(1.1);
  });

  it("is not made narrower by writing every row of a prompt ten times", () => {
    expect(widthOf(rows(100, 10)) / widthOf(rows(100, 1))).toBeCloseTo(1, 1);
  });

  it("covers the truth about as often as it claims", () => {
    const random = seededRandom(7);
    let covered = 0;
    for (let trial = 0; trial < 200; trial += 1) {
      const items = Array.from({ length: 60 }, (_, group): Scored => {
        return { unsafe: random() < 0.3, score: 0.5, flagged: false, group };
      });
      const sample = createSample(items);
      const { share: found } = estimate(sample, onceEach(sample), share, { draws: 300, random });
      if (found.low! <= 0.3 && 0.3 <= found.high!) covered += 1;
    }
    expect(covered / 200).toBeGreaterThan(0.88);
  });

  it("gives the same for the same seed and other ends for another", () => {
    const sample = createSample(rows(1_000, 1));
    const withSeed = (seed: number) => estimate(sample, onceEach(sample), share, draw(seed, 50));
    expect(withSeed(3)).toEqual(withSeed(3));
    expect(withSeed(4)).not.toEqual(withSeed(3));
  });

  it("gives no interval for a figure that most draws do not have", () => {
    const sample = createSample(rows(10, 1));
    const found = estimate(sample, onceEach(sample), () => ({ none: null }), draw());
    expect(found.none).toEqual({ value: null, low: null, high: null });
  });
});
