import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createStopTexts } from "../../src/generation/stop-texts.js";

/** The text before the stop text that is complete first, looked for letter by letter. */
function slowCut(text: string, stops: readonly string[]): string | null {
  for (let end = 1; end <= text.length; end++) {
    const found = stops.filter((stop) => text.slice(0, end).endsWith(stop));
    if (found.length > 0) return text.slice(0, end - Math.max(...found.map((stop) => stop.length)));
  }
  return null;
}

const letters = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength, maxLength });

describe("createStopTexts", () => {
  it("ends where searching the whole text ends, and never holds back what is certain", () => {
    const stops = fc.array(letters(1, 5), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(letters(0, 4), { maxLength: 12 }), stops, (pieces, stopTexts) => {
        const stream = createStopTexts(stopTexts);
        const expected = slowCut(pieces.join(""), stopTexts);
        let told = "";
        let read = "";
        for (const piece of pieces) {
          const { text, stopped } = stream.push(piece);
          told += text;
          read += piece;
          expect(stopped).toBe(slowCut(read, stopTexts) !== null);
          if (stopped) break;
          // Whatever is held back could still become a stop text, all of it.
          const held = read.slice(told.length);
          expect(held === "" || stopTexts.some((stop) => stop.startsWith(held))).toBe(true);
        }
        expect(expected === null ? told + stream.end() : told).toBe(expected ?? pieces.join(""));
      }),
      { numRuns: 1_000 },
    );
  });

  it("finds a stop text across pieces, and lets go of what turned out to be none", () => {
    const stream = createStopTexts(["\nUser:"]);
    expect(stream.push("Hi\nUs")).toEqual({ text: "Hi", stopped: false });
    expect(stream.push("ually.\nUse")).toEqual({ text: "\nUsually.", stopped: false });
    expect(stream.push("r: more")).toEqual({ text: "", stopped: true });
  });

  it("holds nothing back where there is no stop text", () => {
    expect(createStopTexts([]).push("text")).toEqual({ text: "text", stopped: false });
  });
});
