import { describe, expect, it, test } from "@jest/globals";
import fc from "fast-check";
import { readPathPattern } from "../../../src/convert/adapter/path-pattern.js";

const PATH = "model.layers.10.self_attn.q_proj";

describe("readPathPattern", () => {
  test.each([
    ["q_proj", true],
    ["self_attn.q_proj", true],
    [PATH, true],
    [`^${PATH}$`, true],
    ["^q_proj", false],
    ["proj", false],
    ["q_proj.lora", false],
    ["v_proj", false],
    ["layers.1", false],
    ["layers.1.self_attn.q_proj", false],
    [String.raw`layers\.\d+\.self_attn\.(q|k)_proj`, true],
    [String.raw`layers\.(?:[0-9]|1[0-5])\..*`, true],
    [String.raw`layers\.(0|1)\.self_attn\.q_proj`, false],
    ["k_proj|q_proj", true],
    ["(self_)?attn.q_proj", true],
    ["(_?[a-z]+)+", true],
    ["", false],
  ])("reads %s as PEFT does", (key, matches) => {
    expect(readPathPattern(key)?.(PATH)).toBe(matches);
  });

  test.each([
    ["a lookahead", "(?=q)q_proj"],
    ["a look back", "(?<=a)q_proj"],
    ["a reference", String.raw`(q)\1`],
    ["a count", "q{2}"],
    ["a group in a group", "((a+)+)+b"],
    ["a lazy quantifier", ".*?q_proj"],
    ["a double quantifier", "q++"],
    ["an open group", "(q"],
    ["an open class", "[q"],
    ["a class the wrong way round", "[z-a]"],
    ["a stray bracket", "q)"],
    ["a quantifier of nothing", "*q"],
    ["201 characters", "q".repeat(201)],
  ])("does not know %s", (_, key) => {
    expect(readPathPattern(key)).toBeNull();
  });

  it("agrees with a regular expression on everything it reads", () => {
    const atom = fc.constantFrom("a", "b", ".", "\\.", "[ab]", "\\w", "^", "$");
    const quantified = fc.tuple(atom, fc.constantFrom("", "", "*", "+", "?"));
    const sequence = fc.array(
      quantified.map(([one, q]) => (one === "^" || one === "$" ? one : one + q)),
      { maxLength: 4 },
    );
    const joined = sequence.map((parts) => parts.join(""));
    const group = fc
      .tuple(fc.array(joined, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "*", "+", "?"))
      .map(([ways, q]) => `(${ways.join("|")})${q}`);
    const key = fc
      .array(fc.oneof(joined, group, fc.constant("|")), { maxLength: 4 })
      .map((all) => all.join(""));
    const path = fc.array(fc.constantFrom("a", "b", "."), { maxLength: 8 }).map((chars) => chars.join(""));
    fc.assert(
      fc.property(key, path, (one, text) => {
        expect(readPathPattern(one)?.(text)).toBe(new RegExp(`^(.*\\.)?(${one})$`).test(text));
      }),
      { numRuns: 5000 },
    );
  });

  it("takes no time over what would keep a backtracking matcher busy for years", () => {
    const startMs = performance.now();
    const path = "a".repeat(200);
    for (const key of ["(a+)+b", "(a|a)*b", ".*".repeat(99) + "b", "(.*a.*)+".repeat(24) + "b"])
      expect(readPathPattern(key)?.(path)).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});
