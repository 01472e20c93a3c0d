import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "@jest/globals";
import fc from "fast-check";
import { createTokenizer, MAX_TEXT_CHARS, openTokenizer } from "../../src/tokenizer/index.js";
import { LLAMA_3_CONTROLS, llama3Tokenizer, llama3TokenizerJson } from "../fixtures/llama3-tokenizer.js";

const tokenizer = llama3Tokenizer();

/** Strings in which pre-tokens of different kinds meet, unpaired surrogates included. */
const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        ..."aé的😀1².!'\n\r\t  \u0085\u00a0\ufeff\u200d<|>:[]",
        "'s",
        "'LL",
        "word",
        "\r\n",
        "\ud83d",
        "\ude00",
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join("")),
);
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\uFFFD");

describe("tokenizer", () => {
  it("knows the size of the vocabulary and which ids are control tokens", () => {
    expect(tokenizer.vocabSize).toBe(128_256);
    expect([0, 127_999, 128_000, 128_255, 128_256].map(tokenizer.isControl)).toEqual([
      ...[false, false, true, true, false],
    ]);
  });

  it("gives the ids that verdicts are read from", () => {
    expect(tokenizer.encodeText("safe")).toEqual([19_193]);
    expect(tokenizer.encodeText("unsafe")).toEqual([39_257]);
    expect(tokenizer.encodeText("10")).toEqual([605]);
  });

  it("brings back any well-formed text from its tokens", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.decode(tokenizer.encodeText(text))).toBe(wellFormed(text));
      }),
      { numRuns: 500 },
    );
  });

  it("counts an unpaired surrogate as U+FFFD", () => {
    expect(tokenizer.encodeText("a\ud83d!")).toEqual(tokenizer.encodeText("a\ufffd!"));
  });

  it("encodes neighbouring text spans exactly as their concatenation, shared or not", () => {
    const spans = fc.array(fc.record({ text: anyText, shared: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(spans, (parts) => {
        const whole = tokenizer.encodeText(parts.map(({ text }) => text).join(""));
        expect(tokenizer.encode(parts)).toEqual(whole);
        expect(tokenizer.encode(parts)).toEqual(whole); // the second time from memory
      }),
      { numRuns: 2000 },
    );
  });

  it("joins remembered heads and tails made of whitespace, letters and marks without a seam", () => {
    const text = fc
      .array(fc.constantFrom(..." \n\r\u0085a!'"), { maxLength: 5 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, (head, tail) => {
        expect(tokenizer.encode([{ text: head, shared: true }, { text: tail }])).toEqual(
          tokenizer.encodeText(head + tail),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["x\n  ", "\n"],
    ["x \n \n\t ", " y"],
    ["a  ", "b"],
    ["I'", "ll"],
    ["12", "34"],
    ["end.", "\n\nUser"],
    ["tail\u0085", "\n"],
    ["<|eot", "_id|>"],
    ["\n\n", "\n"],
    ["", "alone"],
  ])("joins a remembered %j and %j without a seam", (head, tail) => {
    expect(tokenizer.encode([{ text: head, shared: true }, { text: tail }])).toEqual(
      tokenizer.encodeText(head + tail),
    );
  });

  it("remembers more heads than it has room for without mixing them up", () => {
    for (let round = 0; round < 2; round += 1)
      for (let i = 0; i < 100; i += 1)
        expect(
          tokenizer.encode([{ text: `head number ${String(i)} `, shared: true }, { text: "x" }]),
        ).toEqual(tokenizer.encodeText(`head number ${String(i)} x`));
  });

  it("inserts control tokens by number, and text cannot join across them", () => {
    expect(
      tokenizer.encode([
        { control: "<|begin_of_text|>" },
        { text: "a" },
        { control: "<|eot_id|>" },
        { text: "b" },
      ]),
    ).toEqual([128_000, 64, 128_009, 65]);
  });

  it("refuses a control that the vocabulary lacks", () => {
    expect(() => tokenizer.encode([{ control: "<s>" }])).toThrow(
      expect.objectContaining({ code: "bad_model_file" }),
    );
  });

  test.each(LLAMA_3_CONTROLS)("keeps %s in text a text", (control) => {
    for (const text of [control, `a${control}b`, `\n${control}\n${control}`]) {
      const ids = tokenizer.encode([{ text, shared: true }, { text }]);
      expect(ids.filter(tokenizer.isControl)).toEqual([]);
      expect(tokenizer.decode(ids)).toBe(text + text);
    }
  });

  it("shows control tokens by name when decoding, wherever they stand", () => {
    expect(tokenizer.decode([128_009, 64, 128_000, 128_001, 65])).toBe(
      "<|eot_id|>a<|begin_of_text|><|end_of_text|>b",
    );
    expect(tokenizer.decode([])).toBe("");
  });

  it("leaves the spaces of decoded text alone", () => {
    expect(tokenizer.decode(tokenizer.encodeText("hi . do n't"))).toBe("hi . do n't");
  });

  it("refuses to decode what is not a token", () => {
    expect(() => tokenizer.decode([64, 128_256])).toThrow(
      expect.objectContaining({ code: "unreadable_output" }),
    );
  });

  it("refuses more text than it can tokenise in reasonable time", () => {
    const text = "a".repeat(MAX_TEXT_CHARS + 1);
    const tooLarge = expect.objectContaining({ code: "too_large" });
    expect(() => tokenizer.encodeText(text)).toThrow(tooLarge);
    expect(() => tokenizer.encode([{ text: text.slice(1), shared: true }, { text: "b" }])).toThrow(tooLarge);
    expect(() => tokenizer.split(text, 10, 0)).toThrow(tooLarge);
  });

  it.each([
    ["one letter", "a"],
    ["spaces", " "],
    ["line breaks", "\n"],
    ["punctuation", "-"],
    ["ideographs", "鬱"],
    ["spaces and tabs", " \t"],
    ["apostrophes", "'"],
  ])("takes the largest text made of %s", (_name, unit) => {
    const text = unit.repeat(MAX_TEXT_CHARS / unit.length);
    expect(tokenizer.decode(tokenizer.encodeText(text))).toBe(text);
  });
});

describe("createTokenizer", () => {
  const json = llama3TokenizerJson();
  const model = json["model"] as Record<string, unknown>;
  const vocab = model["vocab"] as Record<string, number>;

  it.each([
    ["is no object", null],
    ["has no model", { ...json, model: undefined }],
    ["is not BPE", { ...json, model: { ...model, type: "Unigram" } }],
    ["changes text first", { ...json, normalizer: { type: "NFC" } }],
    ["is not byte-level", { ...json, pre_tokenizer: { type: "Whitespace" } }],
    ["has no control tokens", { ...json, added_tokens: [] }],
    ["has a control without an id", { ...json, added_tokens: [{ content: "<|eot_id|>" }] }],
    ["numbers text above control", { ...json, model: { ...model, vocab: { ...vocab, extra: 128_300 } } }],
    ["numbers text like control", { ...json, model: { ...model, vocab: { ...vocab, extra: 128_009 } } }],
    ["numbers text with a fraction", { ...json, model: { ...model, vocab: { ...vocab, extra: 0.5 } } }],
  ])("refuses a file that %s", (_name, value) => {
    expect(() => createTokenizer(value)).toThrow(expect.objectContaining({ code: "bad_model_file" }));
  });

  it("keeps text apart from controls that the file lists among plain tokens too", () => {
    const both = createTokenizer({
      ...json,
      model: { ...model, vocab: { ...vocab, "<|eot_id|>": 128_009 } },
    });
    expect(both.encodeText("<|eot_id|>")).toEqual(tokenizer.encodeText("<|eot_id|>"));
  });

  it("never lets text vanish that the vocabulary cannot express", () => {
    const rest = Object.fromEntries(Object.entries(vocab).filter(([token]) => token !== "!"));
    const lacking = createTokenizer({ ...json, model: { ...model, vocab: rest, merges: [] } });
    expect(() => lacking.encodeText("!")).toThrow(expect.objectContaining({ code: "unreadable_output" }));
  });

  it.each([
    [
      "drops spaces",
      {
        type: "Sequence",
        pretokenizers: [
          { type: "WhitespaceSplit" },
          { type: "ByteLevel", add_prefix_space: false, use_regex: false },
        ],
      },
    ],
    ["puts a space in front", { type: "ByteLevel", add_prefix_space: true, use_regex: true }],
  ])("never encodes text by a pre-tokenizer that %s", (_name, pre_tokenizer) => {
    const lossy = createTokenizer({ ...json, pre_tokenizer });
    expect(() => lossy.encodeText("a b")).toThrow(expect.objectContaining({ code: "unreadable_output" }));
  });

  it("encodes exactly under a pattern it does not know", () => {
    const pre_tokenizer = { type: "ByteLevel", add_prefix_space: false, use_regex: true };
    const other = createTokenizer({ ...json, pre_tokenizer });
    fc.assert(
      fc.property(anyText, anyText, (head, tail) => {
        expect(other.encode([{ text: head, shared: true }, { text: tail }])).toEqual(
          other.encodeText(head + tail),
        );
      }),
    );
  });
});

describe("openTokenizer", () => {
  const dir = mkdtempSync(join(tmpdir(), "tokenizer-"));
  beforeAll(() => {
    writeFileSync(join(dir, "tokenizer.json"), JSON.stringify(llama3TokenizerJson()));
    writeFileSync(join(dir, "half.json"), '{"model":');
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it("reads a file", async () => {
    const opened = await openTokenizer(join(dir, "tokenizer.json"));
    expect(opened.encodeText("unsafe")).toEqual([39_257]);
  });

  it.each(["half.json", "missing.json"])("refuses %s", async (file) => {
    await expect(openTokenizer(join(dir, file))).rejects.toMatchObject({ code: "bad_model_file" });
  });
});
