import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { persist } from "../../src/hub/persist.js";

const { signal } = new AbortController();
const passing = (retryAfterMs = 0): GuardError => new GuardError("upstream_failed", "down", { retryAfterMs });

describe("persist", () => {
  it("makes one attempt more than it has pauses, then throws the last failure", async () => {
    let attempts = 0;
    const work = (): Promise<never> =>
      Promise.reject(new GuardError("upstream_failed", `${String(++attempts)}`, { retryAfterMs: 0 }));
    await expect(persist({ pausesMs: [1, 1, 1], signal }, work)).rejects.toThrow("4");
  });

  it("counts anew while something comes, but not when the same comes again", async () => {
    let [attempts, bytes] = [0, 0];
    const goingOn = (): Promise<string> => {
      attempts++;
      bytes += 10_000_000;
      return attempts === 20 ? Promise.resolve("done") : Promise.reject(passing());
    };
    expect(await persist({ pausesMs: [1], signal, bytesDone: () => bytes }, goingOn)).toBe("done");

    attempts = 0;
    const stuck = (): Promise<never> => {
      attempts++;
      return Promise.reject(passing());
    };
    await expect(persist({ pausesMs: [1], signal, bytesDone: () => 10_000_000 }, stuck)).rejects.toThrow(
      "down",
    );
    expect(attempts).toBe(2);
  });

  it.each([
    ["that will not pass", new GuardError("invalid_config", "no")],
    ["that takes too long to pass", passing(301_000)],
    ["of its own", new TypeError("bug")],
  ])("does not try again after a fault %s", async (_, fault) => {
    let attempts = 0;
    const work = (): Promise<never> => {
      attempts++;
      return Promise.reject(fault);
    };
    await expect(persist({ pausesMs: [1, 1], signal }, work)).rejects.toBe(fault);
    expect(attempts).toBe(1);
  });

  it("does not sit out a pause when stopped", async () => {
    const stop = new AbortController();
    const failing = persist({ pausesMs: [60_000], signal: stop.signal }, () => Promise.reject(passing()));
    setTimeout(() => stop.abort(), 10);
    await expect(failing).rejects.toMatchObject({ name: "AbortError" });
  });
});
