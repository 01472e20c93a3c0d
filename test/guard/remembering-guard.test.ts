import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { createRememberingGuard, type Guard, type Judgement } from "../../src/guard/index.js";
import type { ModerationRequest } from "../../src/guard/index.js";
import { DEFAULT_CHAT_RULES, type Policy } from "../../src/policy/index.js";
import { METRIC } from "../../src/telemetry/index.js";
import { openInMemorySdk } from "../telemetry/in-memory-sdk.js";

const policy: Policy = {
  ...{ id: "test", version: "1", sha256: "0".repeat(64), title: "Test", template: "llama-guard-2" },
  ...{ notice: null, categories: [], ...DEFAULT_CHAT_RULES },
};
const asking = (content: string, more: Partial<ModerationRequest> = {}): ModerationRequest => ({
  ...{ policy, conversation: [{ role: "user", content }] },
  ...more,
});

/** Numbers its judgements by their score. */
function countingGuard(): Guard & { asked: number } {
  return {
    asked: 0,
    moderate({ policy: { id, version, sha256 } }) {
      this.asked++;
      const judgement: Judgement = {
        ...{ verdict: "safe", score: this.asked / 1000, categories: [], action: "allow", role: "user" },
        ...{ scoring: "listed", flags: [], policy: { id, version, sha256 } },
        model: { id: "m", sha256: "1" },
        usage: { promptTokens: 100, cachedTokens: 60, computedTokens: 42 },
        timings: { queueMs: 1, computeMs: 2, totalMs: 3 },
      };
      return Promise.resolve(judgement);
    },
  };
}

describe("createRememberingGuard", () => {
  it("gives the same judgement again and says that nothing was computed for it", async () => {
    const guard = createRememberingGuard(countingGuard(), { entries: 8, clock: () => 5 });
    const first = await guard.moderate(asking("hello"));
    expect(await guard.moderate(asking("hello"))).toEqual({
      ...first,
      usage: { promptTokens: 100, cachedTokens: 100, computedTokens: 0 },
      timings: { queueMs: 0, computeMs: 0, totalMs: 0 },
    });
    expect(first.usage.computedTokens).toBe(42);
  });

  it("asks anew when anything of the question differs", async () => {
    const inner = countingGuard();
    const guard = createRememberingGuard(inner, { entries: 100 });
    const questions = [
      asking("hello"),
      asking("hello "),
      asking("hello", { scores: "listed" }),
      asking("hello", { scores: "independent" }),
      asking("hello", { categories: ["S1"] }),
      asking("hello", { categories: ["S1", "S2"] }),
      asking("hello", { policy: { ...policy, sha256: "2".repeat(64) } }),
      asking("hello", { policy: { ...policy, id: "other" } }),
      asking("", { conversation: [{ role: "assistant", content: "hello" }] as never }),
      asking("", {
        conversation: [
          { role: "user", content: "hel" },
          { role: "assistant", content: "lo" },
        ],
      }),
      asking("", {
        conversation: [
          { role: "user", content: "hell" },
          { role: "assistant", content: "o" },
        ],
      }),
    ];
    const scores = new Set<number>();
    for (const question of [...questions, ...questions]) scores.add((await guard.moderate(question)).score);
    expect(inner.asked).toBe(questions.length);
    expect(scores.size).toBe(questions.length);
  });

  it("lets go of what was asked for longest ago", async () => {
    const inner = countingGuard();
    const guard = createRememberingGuard(inner, { entries: 2 });
    for (const text of ["a", "b", "a", "c", "a"]) await guard.moderate(asking(text));
    expect(inner.asked).toBe(3);
    await guard.moderate(asking("b"));
    expect(inner.asked).toBe(4);
  });

  it("remembers no failure", async () => {
    const inner = countingGuard();
    let fails = true;
    const guard = createRememberingGuard(
      {
        moderate: (request) =>
          fails ? Promise.reject(new GuardError("overloaded", "later")) : inner.moderate(request),
      },
      { entries: 8 },
    );
    await expect(guard.moderate(asking("hello"))).rejects.toMatchObject({ code: "overloaded" });
    fails = false;
    expect((await guard.moderate(asking("hello"))).usage.computedTokens).toBe(42);
  });

  it("answers nobody who has given up", async () => {
    const gaveUp = new GuardError("canceled", "the caller gave up");
    const guard = createRememberingGuard(
      {
        moderate: (request, options) =>
          options?.signal?.aborted === true ? Promise.reject(gaveUp) : countingGuard().moderate(request),
      },
      { entries: 8 },
    );
    await guard.moderate(asking("hello"));
    await expect(guard.moderate(asking("hello"), { signal: AbortSignal.abort() })).rejects.toBe(gaveUp);
  });

  describe("in the metrics", () => {
    let sdk: ReturnType<typeof openInMemorySdk>;
    beforeEach(() => {
      sdk = openInMemorySdk();
    });
    afterEach(() => sdk.close());

    it("counts a verdict given again as a verdict, and as one that was remembered", async () => {
      const guard = createRememberingGuard(countingGuard(), { entries: 8 });
      for (let i = 0; i < 3; i++) await guard.moderate(asking("hello"));
      const { points } = await sdk.collect();
      const of = { "portcullis.policy": "test" };
      expect(points.get(METRIC.remembered)).toEqual([expect.objectContaining({ value: 2, attributes: of })]);
      // The guard behind it counts its own.
      expect(points.get(METRIC.verdicts)).toEqual([expect.objectContaining({ value: 2 })]);
      expect(points.get(METRIC.computedTokens)).toEqual([expect.objectContaining({ value: 0 })]);
    });
  });
});
