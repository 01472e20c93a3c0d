import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { REAL_CLOCK, withRetries } from "../../src/line/with-retries.js";

const passing = (): Promise<never> =>
  Promise.reject(new GuardError("overloaded", "busy", { retryAfterMs: 0 }));

describe("withRetries", () => {
  it("doubles its pauses up to eight seconds, drawn out at random", async () => {
    const pauses: number[] = [];
    const clock = { sleep: (ms: number) => Promise.resolve(void pauses.push(ms)), random: () => 1 };
    const { signal } = new AbortController();
    await expect(withRetries(passing, { retries: 6, clock, signal })).rejects.toMatchObject({
      code: "overloaded",
    });
    expect(pauses).toEqual([750, 1_500, 3_000, 6_000, 12_000, 12_000]);
  });

  it("gives up in the middle of a pause, for the reason of the signal", async () => {
    const controller = new AbortController();
    const reason = new GuardError("deadline_exceeded", "late");
    setTimeout(() => controller.abort(reason), 20);
    const started = performance.now();
    const trying = withRetries(passing, { retries: 3, clock: REAL_CLOCK, signal: controller.signal });
    await expect(trying).rejects.toBe(reason);
    expect(performance.now() - started).toBeLessThan(400);
  });

  it("does not hide a fault of this program behind attempts", async () => {
    let attempts = 0;
    const broken = (): Promise<never> => {
      attempts++;
      return Promise.reject(new TypeError("a bug"));
    };
    const { signal } = new AbortController();
    await expect(withRetries(broken, { retries: 3, clock: REAL_CLOCK, signal })).rejects.toThrow(TypeError);
    expect(attempts).toBe(1);
  });
});
