import { describe, expect, it } from "@jest/globals";
import { readTokenBytes } from "../../src/generation/token-bytes.js";
import { createTokenizer } from "../../src/tokenizer/index.js";
import { tinyTokenizer } from "../fixtures/tiny-tokenizer.js";
import { llama3TokenizerJson } from "../fixtures/llama3-tokenizer.js";

describe("readTokenBytes", () => {
  it.each([
    ["the tiny tokenizer", tinyTokenizer().tokenizerJson],
    ["Llama 3's", llama3TokenizerJson()],
  ])("reads the bytes that texts were encoded from, with %s", (_, json) => {
    const bytesOf = readTokenBytes(json);
    const { encodeText, vocabSize, isControl } = createTokenizer(json);
    const text = "Where is the Zürich café, in 東京? 👩‍👩‍👧 \t\r\n\u0000\u007f\u00ad";
    expect(Buffer.concat(encodeText(text).map(bytesOf)).toString()).toBe(text);
    const controls = Array.from({ length: vocabSize }, (_none, id) => id).filter(isControl);
    expect(controls.length).toBeGreaterThan(0);
    expect(controls.every((id) => bytesOf(id).length === 0)).toBe(true);
    expect(bytesOf(vocabSize)).toHaveLength(0);
  });

  it("refuses a vocabulary that is spelled in characters", () => {
    const json = { model: { vocab: { "▁hello": 3 } }, added_tokens: [{ id: 0 }] };
    expect(() => readTokenBytes(json)).toThrow(expect.objectContaining({ code: "bad_model_file" }));
  });
});
