import { describe, expect, it } from "@jest/globals";
import type { TimedFigures, TimedResult } from "../../../bench/ideas/figures.js";
import { describeSeen } from "../../../bench/ideas/seen.js";

const figures = (variant: string, wallMs: number, more: Partial<TimedFigures> = {}): TimedFigures => ({
  ...{ variant, wallMs, leastMs: wallMs, cpuMs: 12.5, operatorsMs: null, difference: null },
  ratio: { median: 0.8, middle: [0.75, 0.85] },
  ...more,
});
const timed = (...all: readonly TimedFigures[]): TimedResult => ({
  ...{ kind: "timed", model: "starter", size: "71 behind 608", rounds: 5, runs: 1, figures: all },
});

describe("describeSeen", () => {
  it("says old and new", () => {
    const result = timed(figures("old", 8.44, { ratio: null }), figures("new", 6.91));
    expect(describeSeen({}, [result])).toBe("starter, 71 behind 608: 8.4 to 6.9 ms (CPU 12.5 to 12.5)");
  });

  it("says what is within noise", () => {
    const noisy = figures("new", 8.3, { ratio: { median: 0.99, middle: [0.9, 1.05] } });
    const result = timed(figures("old", 8.44, { ratio: null }), noisy);
    expect(describeSeen({}, [result])).toMatch(/, within noise$/);
  });

  it("names three variants, and which of them are noise beside the first", () => {
    const noise = { ratio: { median: 1, middle: [0.9, 1.1] } } as const;
    const result = timed(figures("a", 100.4, { ratio: null }), figures("b", 2), figures("c", 0.5, noise));
    expect(describeSeen({}, [result])).toContain("a 100, b 2.0, c 0.50 (noise) ms (CPU 12.5, 12.5, 12.5)");
  });

  it("adds the operators that the idea is about, and how far scores moved", () => {
    const parts = { qkv: 1, "attention out": 1, "gate and up": 1, down: 1, elementwise: 1 };
    const result = timed(
      figures("old", 8, { ratio: null, operatorsMs: { ...parts, attention: 3 } }),
      figures("new", 7, {
        operatorsMs: { ...parts, attention: 2 },
        difference: { logits: 0.1, unsafe: 0.00041 },
      }),
    );
    expect(describeSeen({ operators: "attention" }, [result])).toMatch(
      /, attention 3\.0 to 2\.0, P\(unsafe\) by at most 4e-4$/,
    );
    expect(describeSeen({ operators: "all" }, [result])).toContain("operators 8.0 to 7.0");
  });

  it("says memory", () => {
    const memory = [
      { variant: "old", peakMiB: 772, ownMiB: 300 },
      { variant: "new", peakMiB: 649, ownMiB: 200 },
    ];
    const result = { kind: "memory", model: "8B", size: "10 sizes of step", figures: memory } as const;
    expect(describeSeen({}, [result])).toBe(
      "8B, 10 sizes of step: peak memory 772 to 649 MiB, its own 300 to 200",
    );
  });
});
