import { describe, expect, it } from "@jest/globals";
import { simulate, type ServiceModel } from "../../../bench/capacity/simulate.js";
import { createRandom } from "../../../bench/random.js";

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** Steps of one request each, always 10 ms. */
const ONE_BY_ONE: ServiceModel = { stepMs: 0, tokenMs: 0.1, stepTokens: 100, overheadMs: 0, strays: [1] };

describe("simulate", () => {
  it.each([0.3, 0.6, 0.8])(
    "waits as queueing theory says of one server with equal services, load %d",
    (load) => {
      const requests = 200_000;
      const perSecond = load * 100;
      const latencies = simulate(
        ONE_BY_ONE,
        { requestsPerSecond: perSecond, requestTokens: [100], requests },
        1,
        createRandom(1),
      );
      const waitMs = (10 * load) / (2 * (1 - load)); // Pollaczek and Khinchine, no variance
      expect(mean(latencies) / (10 + waitMs)).toBeCloseTo(1, 1);
    },
  );

  it("packs what waits, so that a burst takes fewer steps than it has requests", () => {
    const packing = { ...ONE_BY_ONE, stepMs: 10, tokenMs: 0, stepTokens: 1000 };
    const load = { requestsPerSecond: 500, requestTokens: [100], requests: 20_000 };
    const alone = simulate({ ...packing, stepTokens: 100 }, load, 1, createRandom(2));
    const packed = simulate(packing, load, 1, createRandom(2));
    expect(mean(packed)).toBeLessThan(25);
    expect(mean(alone)).toBeGreaterThan(1000); // five times what it can serve
  });

  it("answers every request, however many engines share them", () => {
    const load = { requestsPerSecond: 300, requestTokens: [20, 250], requests: 5_000 };
    for (const engines of [1, 3, 8]) {
      const latencies = simulate(ONE_BY_ONE, load, engines, createRandom(3));
      expect(latencies.filter((ms) => Number.isFinite(ms) && ms > 0)).toHaveLength(load.requests);
    }
  });

  it("lets an idle engine wait for company, but not once a step is full", () => {
    const rare = { requestsPerSecond: 1, requests: 2_000 };
    const waiting = { ...ONE_BY_ONE, waitMs: 20 };
    const [half] = simulate(waiting, { ...rare, requestTokens: [50] }, 1, createRandom(4));
    const [full] = simulate(waiting, { ...rare, requestTokens: [100] }, 1, createRandom(4));
    expect(half).toBeCloseTo(20 + 5);
    expect(full).toBeCloseTo(10);
  });
});
