import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { buildAnswerGrammar } from "../../src/engine/answer-grammar.js";
import { createCodeDecoder } from "../../src/engine/code-decoder.js";

/** One token per character: `S1` and `S12` then share a beginning, as no Llama 3 code does. */
const encode = (text: string): number[] => [...text.replace("unsafe", "U")].map((c) => c.charCodeAt(0));
const END = [2, 3];
const COLUMNS = 128;
const vocabulary = { endTokenIds: END, columnOf: (token: number) => token };

/** A model whose scores, half as large as `spread` at most, depend on everything said so far, by a hash. */
function scorer(seed: number, spread = 6): (said: string) => Float32Array {
  return (said) => {
    let state = seed;
    for (const c of said) state = Math.imul(state ^ c.charCodeAt(0), 0x9e3779b1) >>> 0;
    return Float32Array.from({ length: COLUMNS }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state / 2 ** 32 - 0.5) * spread;
    });
  };
}

function decodeAll(codes: readonly string[], logitsAfter: (said: string) => Float32Array) {
  const decoder = createCodeDecoder(buildAnswerGrammar(codes, encode), vocabulary);
  const write = (tokens: readonly number[]): string => String.fromCharCode(...tokens);
  let said = write(decoder.forced());
  let reads = 0;
  while (!decoder.done) {
    const token = decoder.choose(logitsAfter(said));
    reads++;
    if (token !== null) said += write([token, ...decoder.forced()]);
  }
  return { said, reads, result: decoder.result(codes) };
}

/** Every list of codes that could be said, codes in any order, none twice. */
function allAnswers(codes: readonly string[]): string[][] {
  return codes.flatMap((code) => [
    [code],
    ...allAnswers(codes.filter((other) => other !== code)).map((rest) => [code, ...rest]),
  ]);
}

/** Greedy decoding the slow way: of all answers there are, which characters may come next? */
function oracle(codes: readonly string[], logitsAfter: (said: string) => Float32Array): string {
  const answers = allAnswers(codes).map((list) => `\n${list.join(",")}`);
  for (let said = ""; ;) {
    const fitting = answers.filter((answer) => answer.startsWith(said));
    const next = new Set(
      fitting.flatMap((answer) => (answer === said ? END : answer.charCodeAt(said.length))),
    );
    const logits = logitsAfter(said);
    const best = [...next].reduce((a, b) => (logits[b]! > logits[a]! ? b : a));
    if (END.includes(best)) return said;
    said += String.fromCharCode(best);
  }
}

const codeList = fc.uniqueArray(fc.constantFrom("S1", "S2", "S12", "S123", "O1", "O3", "X9"), {
  ...{ minLength: 1, maxLength: 4 },
});

describe("createCodeDecoder", () => {
  it("says what greedy decoding over all possible answers says", () => {
    fc.assert(
      fc.property(codeList, fc.nat(), (codes, seed) => {
        const { said, result } = decodeAll(codes, scorer(seed));
        const listed = result.filter((one) => one.listed).map(({ code }) => code);
        const expected = oracle(codes, scorer(seed));
        expect(said).toBe(expected);
        expect(listed).toEqual(codes.filter((code) => expected.slice(1).split(",").includes(code)));
      }),
      { numRuns: 500 },
    );
  });

  it("gives every code a probability, however sure the model is", () => {
    fc.assert(
      fc.property(codeList, fc.nat(), fc.constantFrom(6, 60, 200), (codes, seed, spread) => {
        for (const { probability } of decodeAll(codes, scorer(seed, spread)).result) {
          expect(probability).toBeGreaterThanOrEqual(0);
          expect(probability).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("shares out each slot completely", () => {
    fc.assert(
      fc.property(codeList, fc.nat(), (codes, seed) => {
        const endsAtOnce = (said: string): Float32Array => {
          const logits = scorer(seed)(said);
          if (/\d$/.test(said)) logits[END[0]!] = 1_000;
          return logits;
        };
        const { result } = decodeAll(codes, endsAtOnce);
        expect(result.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it("follows the documented formula over two slots", () => {
    const logits = (values: Record<string, number>): Float32Array => {
      const row = new Float32Array(COLUMNS);
      for (const [c, value] of Object.entries(values)) row[c.charCodeAt(0)] = value;
      return row;
    };
    const rows: Record<string, Float32Array> = {
      "\nS": logits({ 1: Math.log(3), 2: Math.log(1) }),
      "\nS1": logits({ ",": Math.log(4), "\u0002": Math.log(0.5), "\u0003": Math.log(0.5) }),
    };
    // S1 first with 3/4; the answer goes on with 4/5, and then only S2 is left.
    const { result, reads } = decodeAll(["S1", "S2"], (said) => rows[said]!);
    expect(reads).toBe(2);
    expect(result[0]!.probability).toBeCloseTo(3 / 4, 6);
    expect(result[1]!.probability).toBeCloseTo(1 - (1 - 1 / 4) * (1 - 4 / 5), 6);
    expect(result.map(({ listed }) => listed)).toEqual([true, true]);
  });

  it("asks nothing about a policy of one code: there is only one answer", () => {
    const { said, reads, result } = decodeAll(["S7"], () => new Float32Array(COLUMNS));
    expect({ said, reads }).toEqual({ said: "\nS7", reads: 0 });
    expect(result).toEqual([{ code: "S7", probability: 1, listed: true }]);
  });
});
