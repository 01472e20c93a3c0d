import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createTextStream } from "../../src/generation/text-stream.js";

/** Streams tokens that are given by their bytes. */
function streamAll(tokens: readonly Uint8Array[]): string[] {
  const stream = createTextStream((token) => tokens[token]!);
  return [...tokens.map((_, token) => stream.push(token)), stream.end()];
}

describe("createTextStream", () => {
  it("gives whole characters only, each as soon as it is whole, wherever tokens cut the bytes", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", "€", "日", "😀", "\uFEFF", "\uFFFD", "\n") });
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 0, max: 5 })), (whole, lengths) => {
        const bytes = Buffer.from(whole);
        const tokens: Uint8Array[] = [];
        let at = 0;
        for (const length of lengths) tokens.push(bytes.subarray(at, (at += length)));
        tokens.push(bytes.subarray(at));
        const pieces = streamAll(tokens);
        expect(pieces.join("")).toBe(whole);
        // Whole characters of the bytes so far: any more would be wrong, any fewer late.
        const starts = [...whole].reduce((all, char) => [...all, all.at(-1)! + char], [""]);
        let sent = 0;
        let told = "";
        for (const [index, token] of tokens.entries()) {
          sent += token.length;
          told += pieces[index]!;
          const known = starts.findLast((start) => Buffer.byteLength(start) <= sent);
          expect(told).toBe(known);
        }
      }),
    );
  });

  it("says so where a character never became whole", () => {
    expect(streamAll([Uint8Array.of(0xe2, 0x82)])).toEqual(["", "\uFFFD"]);
    expect(streamAll([Uint8Array.of(0x80), Uint8Array.of(0x61)])).toEqual(["\uFFFD", "a", ""]);
  });
});
