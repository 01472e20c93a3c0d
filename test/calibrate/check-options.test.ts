import { describe, expect, it } from "@jest/globals";
import { checkPlan } from "../../src/calibrate/check-options.js";
import type { Checkpoint } from "../../src/convert/index.js";

const checkpoint = { geometry: { vocabSize: 10, hiddenSize: 4096 } } as Checkpoint;

describe("checkPlan", () => {
  it("refuses more hidden states than memory is meant for, and says how many tokens fit", () => {
    const tokens = new Array<number>(131_072).fill(1);
    expect(() => checkPlan({ tokens }, { checkpoint, verdict: null })).not.toThrow();
    expect(() => checkPlan({ tokens: [...tokens, 1] }, { checkpoint, verdict: null })).toThrow(
      expect.objectContaining({ code: "too_large", message: expect.stringContaining("at most 131072 fit") }),
    );
  });
});
