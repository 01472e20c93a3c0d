import { describe, expect, it } from "@jest/globals";
import { assertScorable, buildAnswerGrammar, type CodePlace } from "../../src/engine/answer-grammar.js";
import { createTokenizer } from "../../src/tokenizer/index.js";
import { llama3Tokenizer } from "../fixtures/llama3-tokenizer.js";
import { tinyTokenizer } from "../fixtures/tiny-tokenizer.js";
import { thrownBy } from "./thrown-by.js";

const { encodeText, decode } = createTokenizer(tinyTokenizer().tokenizerJson);

/** Every way from a place to the end of a code, as text. */
function waysFrom(place: CodePlace, tokens: readonly number[] = []): string[] {
  const here = place.code === null ? [] : [decode(tokens)];
  return [...here, ...[...place.next].flatMap(([token, next]) => waysFrom(next, [...tokens, token]))];
}

describe("buildAnswerGrammar", () => {
  it("spells codes with the tokens they have in context: the comma belongs to the second S", () => {
    const { first, more } = buildAnswerGrammar(["S1", "S10", "O3"], encodeText);
    expect(waysFrom(first).sort()).toEqual(["\nO3", "\nS1", "\nS10"]);
    expect(waysFrom(more).sort()).toEqual([",O3", ",S1", ",S10"]);
    expect([...more.next.keys()].map((token) => decode([token])).sort()).toEqual([",O", ",S"]);
  });

  it("has the very tokens of Llama Guard 2's answers", () => {
    const { first, more } = buildAnswerGrammar(["S1", "S10", "S11"], llama3Tokenizer().encodeText);
    expect([...more.next.keys()]).toEqual([21861]); // ",S"
    expect([...more.next.get(21861)!.next.keys()].sort()).toEqual([16, 605, 806]);
    expect([...first.next.keys()]).toEqual([198]); // "\n"
  });

  it("knows which codes can still come out of every place", () => {
    const { first } = buildAnswerGrammar(["S1", "O3", "S10"], encodeText);
    const afterBreak = first.next.get(encodeText("\n")[0]!)!;
    expect([...afterBreak.reachable].sort()).toEqual([0, 1, 2]);
    expect([...afterBreak.next.get(encodeText("S")[0]!)!.reachable].sort()).toEqual([0, 2]);
  });

  it("counts the longest answer, so that a prompt can leave room for it", () => {
    const codes = ["S1", "S2", "S10"];
    const { longestTokens } = buildAnswerGrammar(codes, encodeText);
    expect(longestTokens).toBeGreaterThanOrEqual(encodeText("unsafe\nS1,S2,S10").length);
    expect(buildAnswerGrammar([], encodeText)).toMatchObject({ codeCount: 0, longestTokens: 1 });
  });

  it("takes codes of which one begins like another, in a vocabulary that writes digits singly", () => {
    const byCharacter = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
    const { first } = buildAnswerGrammar(["S1", "S12"], byCharacter);
    const one = [..."\nS1"].reduce((place: CodePlace, c) => place.next.get(c.charCodeAt(0))!, first);
    expect(one.code).toBe(0);
    expect(one.next.get("2".charCodeAt(0))?.code).toBe(1);
  });

  it("refuses a code given twice, and says where without repeating it", () => {
    expect(thrownBy(() => buildAnswerGrammar(["S1", "S1"], encodeText))).toMatchObject({
      code: "invalid_request",
      pointer: "/answer/codes",
    });
  });
});

describe("assertScorable", () => {
  const grammar = buildAnswerGrammar(["S1", "S2", "O3"], encodeText);
  const ids = (text: string): number[] => encodeText(text);

  it("wants a column for every token that competes with another, and for no other", () => {
    const needed = new Set([...ids("S"), ...ids("O"), ...ids("1"), ...ids("2"), ...ids(",S"), ...ids(",O")]);
    expect(() => assertScorable(grammar, (token) => needed.has(token))).not.toThrow();
  });

  it("names the place of the code that the head cannot say", () => {
    expect(thrownBy(() => assertScorable(grammar, (token) => token !== ids("2")[0]))).toMatchObject({
      code: "invalid_request",
      pointer: "/answer/codes/1",
    });
  });
});
