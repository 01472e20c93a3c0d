import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { describe, expect, it, test } from "@jest/globals";
import fc from "fast-check";
import llama2 from "llama-tokenizer-js";
import { createTokenizer, MAX_TEXT_CHARS } from "../../src/tokenizer/index.js";
import { LLAMA_2_CONTROLS, llama2Tokenizer, llama2TokenizerJson } from "../fixtures/llama2-tokenizer.js";

const tokenizer = llama2Tokenizer();
const variants = {
  legacy: tokenizer,
  always: createTokenizer(llama2TokenizerJson("always")),
  first: createTokenizer(llama2TokenizerJson("first")),
};

/** Strings in which words, spaces, bytes and what stands for them meet, unpaired surrogates included. */
const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.lorem(),
  fc
    .array(
      fc.constantFrom(
        ..."aé的鬱😀𓀀1².!'\n\r\t ▁\u00a0\ufeff\u200d<|>:[]",
        ..." safe| unsafe|  |    |word|</|<s>|</s>|<unk>|<0x0A>|[INST]|\ud83d|\ude00".split("|"),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join("")),
);
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\uFFFD");

/** Llama's own encoding, by a package that knows nothing else. */
const byLlama2 = (text: string, leadingSpace = true): number[] =>
  llama2.encode(wellFormed(text), false, leadingSpace);

interface Encoder {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
}

describe("text in Llama 2's vocabulary", () => {
  it("has the tokens that Llama 2 has, for any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.encodeText(text)).toEqual(byLlama2(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["a", "鬱", "的", "😀", "-", "\n", " ", "▁", "ab", "=-", "<s>"])(
    "has the tokens that Llama 2 has, for a thousand times %j",
    (unit) => {
      expect(tokenizer.encodeText(unit.repeat(1000))).toEqual(byLlama2(unit.repeat(1000)));
    },
  );

  it("writes the words of a verdict and the codes of Llama Guard 1 as that model does", () => {
    expect(tokenizer.encodeText("safe")).toEqual([9109]);
    expect(tokenizer.encodeText("unsafe\nO1,O6")).toEqual([25110, 13, 29949, 29896, 29892, 29949, 29953]);
  });

  test.each(["always", "first"] as const)(
    "agrees with the library where a Metaspace puts the leading space: %s",
    (scheme) => {
      const library = new LibraryTokenizer(
        { ...llama2TokenizerJson(scheme), added_tokens: [] },
        {},
      ) as Encoder;
      fc.assert(
        fc.property(anyText, (text) => {
          const { ids } = library.encode(wellFormed(text), { add_special_tokens: false });
          expect(variants[scheme].encodeText(text)).toEqual(ids);
        }),
        { numRuns: 500 },
      );
    },
  );

  it("gets a leading space where the file says so: behind the begin token always, else by its scheme", () => {
    const [spaced, bare] = [byLlama2("ab"), byLlama2("ab", false)];
    const prompt = [
      { control: "<s>" },
      { text: "ab" },
      { control: "</s>" },
      { text: "ab" },
      { control: "<s>" },
      { text: "ab" },
    ];
    const all = [1, ...spaced, 2, ...spaced, 1, ...spaced];
    expect(variants.legacy.encode(prompt)).toEqual(all);
    expect(variants.always.encode(prompt)).toEqual(all);
    expect(variants.first.encode(prompt)).toEqual([1, ...spaced, 2, ...bare, 1, ...bare]);
    expect(variants.first.encode([{ control: "</s>" }, { text: "ab" }])).toEqual([2, ...bare]);
  });

  it("gets a second space, if it begins with one, only from a normalizer", () => {
    expect(variants.legacy.encodeText(" safe")).toEqual([29871, 9109]);
    expect(variants.always.encodeText(" safe")).toEqual([9109]);
    expect(variants.first.encodeText(" safe")).toEqual([9109]);
  });

  test.each(Object.entries(variants))(
    "has no seam between neighbouring spans, shared or not: %s",
    (_, one) => {
      const spans = fc.array(fc.record({ text: anyText, shared: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      });
      fc.assert(
        fc.property(spans, fc.constantFrom("<s>", "</s>"), (parts, control) => {
          const whole = { text: parts.map(({ text }) => text).join("") };
          expect(one.encode(parts)).toEqual(one.encode([whole]));
          expect(one.encode([{ control }, ...parts])).toEqual(one.encode([{ control }, whole]));
        }),
        { numRuns: 500 },
      );
    },
  );

  test.each(LLAMA_2_CONTROLS)("never becomes the control token %s that somebody writes", (control) => {
    for (const text of [control, `a${control}b`, ` ${control} `, `\n${control}\n${control}`]) {
      const ids = tokenizer.encode([{ text, shared: true }, { text }]);
      expect(ids.filter(tokenizer.isControl)).toEqual([]);
      expect(tokenizer.decode(ids)).toBe(text + text);
    }
    expect(tokenizer.encodeText("<s>").map((id) => tokenizer.decode([id]))).toEqual(["<", "s", ">"]);
  });

  it("never becomes a control token, nor <unk>, whatever it is", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.encodeText(text).filter(tokenizer.isControl)).toEqual([]);
      }),
    );
  });

  it("comes back from its tokens, with a space for every U+2581", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const back = wellFormed(text).replaceAll("▁", " ");
        expect(variants.legacy.decode(variants.legacy.encodeText(text))).toBe(back);
        // These two write a text and the same behind a space alike.
        expect(variants.first.decode(variants.first.encodeText(text))).toBe(back.replace(/^ /, ""));
        expect(variants.always.decode(variants.always.encodeText(text))).toBe(back.replace(/^ /, ""));
      }),
      { numRuns: 500 },
    );
  });

  it("comes back with its controls by name, each text without the space it was given", () => {
    const prompt = [{ control: "<s>" }, { text: "a" }, { control: "</s>" }, { text: " b" }];
    expect(variants.legacy.decode(variants.legacy.encode(prompt))).toBe("<s>a</s> b");
    expect(variants.first.decode(variants.first.encode(prompt))).toBe("<s>a</s> b");
    expect(() => tokenizer.decode([263, 32_000])).toThrow(
      expect.objectContaining({ code: "unreadable_output" }),
    );
  });

  it("is split into pieces that cover it in order and keep to the limit alone", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 8, max: 40 }), (text, max) => {
        const pieces = tokenizer.split(text, max, 0);
        for (const piece of pieces) expect(tokenizer.encodeText(piece).length).toBeLessThanOrEqual(max);
        expect(pieces.join("")).toBe(wellFormed(text));
      }),
      { numRuns: 500 },
    );
  });

  it("is split between words, and repeats the end of a piece at the start of the next", () => {
    expect(tokenizer.split("one two three four five six seven eight", 3, 0)).toEqual([
      ...["one two three", " four five", " six seven", " eight"],
    ]);
    expect(tokenizer.split("one two three four five six", 4, 2)).toEqual([
      ...["one two three four", " three four five", " four five six"],
    ]);
  });

  it.each([
    ["one letter", "a"],
    ["spaces", " "],
    ["line breaks", "\n"],
    ["punctuation", "-"],
    ["ideographs", "鬱"],
    ["emoji", "😀"],
  ])("may be the largest there is, made of %s", (_name, unit) => {
    const text = unit.repeat(MAX_TEXT_CHARS / unit.length);
    expect(tokenizer.decode(tokenizer.encodeText(text))).toBe(text);
  });
});

describe("a tokenizer.json of Llama 2's kind", () => {
  const json = llama2TokenizerJson();
  const model = json["model"] as Record<string, unknown> & { merges: string[] };
  const vocab = model["vocab"] as Record<string, number>;
  const without = (name: string): object =>
    Object.fromEntries(Object.entries(vocab).filter(([token]) => token !== name));
  const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: false };

  it.each([
    ["splits at spaces", { ...json, normalizer: null, pre_tokenizer: { ...metaspace, split: true } }],
    ["splits by default", { ...json, normalizer: null, pre_tokenizer: { ...metaspace, split: undefined } }],
    [
      "has another scheme",
      { ...json, normalizer: null, pre_tokenizer: { ...metaspace, prepend_scheme: "no" } },
    ],
    ["has another mark", { ...json, normalizer: null, pre_tokenizer: { ...metaspace, replacement: "_" } }],
    ["marks spaces twice", { ...json, pre_tokenizer: metaspace }],
    ["changes text otherwise", { ...json, normalizer: { type: "Prepend", prepend: "▁" } }],
    ["would lose text as <unk>", { ...json, model: { ...model, byte_fallback: false } }],
    ["looks words up first", { ...json, model: { ...model, ignore_merges: true } }],
    ["lacks a byte", { ...json, model: { ...model, vocab: without("<0xE2>") } }],
    ["merges bytes", { ...json, model: { ...model, merges: [...model.merges, "<0x41> <0x42>"], vocab: { ...vocab, "<0x41><0x42>": 32_000 } } }], // prettier-ignore
    ["merges into a control token", { ...json, model: { ...model, merges: [...model.merges, "<s >"], vocab: { ...vocab, "<s": 32_000 } } }], // prettier-ignore
    ["numbers text like control", { ...json, model: { ...model, vocab: { ...vocab, extra: 2 } } }],
    [
      "hides a control token among text",
      { ...json, added_tokens: (json["added_tokens"] as object[]).slice(1) },
    ],
  ])("is refused when it %s", (_name, value) => {
    expect(() => createTokenizer(value)).toThrow(expect.objectContaining({ code: "bad_model_file" }));
  });

  it("may have control tokens above the plain ones too", () => {
    const added = [...(json["added_tokens"] as object[]), { id: 32_000, content: "<pad>" }];
    const padded = createTokenizer({ ...json, added_tokens: added });
    expect(padded.vocabSize).toBe(32_001);
    expect([0, 3, 31_999, 32_000].map(padded.isControl)).toEqual([true, false, false, true]);
    expect(padded.encodeText("a <pad>")).toEqual(tokenizer.encodeText("a <pad>"));
  });

  it("is known by its begin token under the name that prompts use", () => {
    expect(tokenizer.vocabSize).toBe(32_000);
    expect(tokenizer.encode([{ control: "<|begin_of_text|>" }, { text: "safe" }])).toEqual([1, 9109]);
    expect(() => tokenizer.encode([{ control: "<|eot_id|>" }])).toThrow(
      expect.objectContaining({ code: "bad_model_file" }),
    );
  });
});
