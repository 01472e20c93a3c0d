import { describe, expect, it } from "@jest/globals";
import { remember, rememberWords } from "../../src/tokenizer/remember.js";

/** Remembers up to `capacity` keys, and tells which it had to compute. */
function counting(capacity: number) {
  const computed: string[] = [];
  const ask = remember(capacity, (key) => {
    computed.push(key);
    return { key };
  });
  return { ask, computed };
}

describe("remember", () => {
  it("computes nothing twice of what was asked recently", () => {
    const { ask, computed } = counting(3);
    const keys = ["a", "b", "c", "a", "b", "c", "c", "a"];
    expect(keys.map((key) => ask(key).key)).toEqual(keys);
    expect(computed).toEqual(["a", "b", "c"]);
  });

  it("keeps what is asked again and again, whatever else comes by", () => {
    const { ask, computed } = counting(3);
    for (let i = 0; i < 100; i += 1) {
      ask(String(i));
      ask("often");
    }
    expect(computed.filter((key) => key === "often")).toHaveLength(1);
  });

  it("forgets what was not asked for long", () => {
    const { ask, computed } = counting(3);
    for (const key of [..."abcdefgh", "a"]) ask(key);
    expect(computed.filter((key) => key === "a")).toHaveLength(2);
  });

  it("finds one key as fast after many others as before", () => {
    const { ask } = counting(10_000);
    const timeMs = (): number => {
      const startedMs = performance.now();
      for (let i = 0; i < 100_000; i += 1) ask("one");
      return performance.now() - startedMs;
    };
    timeMs();
    for (let i = 0; i < 35_000; i += 1) ask(String(i));
    expect(timeMs()).toBeLessThan(500); // takes about 5; keeping the order of use in one Map took 3,000
  });
});

describe("rememberWords", () => {
  it("does not keep long words", () => {
    let computed = 0;
    const ask = rememberWords((word) => ({ word, nth: (computed += 1) }));
    for (const word of ["a".repeat(64), "a".repeat(64), "b".repeat(65), "b".repeat(65)]) ask(word);
    expect(computed).toBe(3);
  });
});
