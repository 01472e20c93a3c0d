import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { withoutControlTokens } from "../../src/upstream/control-tokens.js";

const NAMED = [
  "begin_of_text",
  "end_of_text",
  "start_header_id",
  "end_header_id",
  "eot_id",
  "eom_id",
  "python_tag",
];
const LLAMA_3 = [
  ...NAMED,
  ...["finetune_right_pad_id", "step_id", "image"],
  ...Array.from({ length: 248 }, (_, n) => `reserved_special_token_${String(n)}`),
].map((name) => `<|${name}|>`);

const refused = (text: string): boolean => {
  try {
    withoutControlTokens({ text }, "refuse");
    return false;
  } catch {
    return true;
  }
};

describe("withoutControlTokens", () => {
  it("knows every control token of Llama 3, and those of its kin", () => {
    for (const token of [
      ...LLAMA_3,
      "<|im_start|>",
      "<|endoftext|>",
      "<|fim-prefix|>",
      "<｜begin▁of▁sentence｜>",
    ]) {
      expect([token, refused(`a ${token} b`)]).toEqual([token, true]);
      expect(withoutControlTokens({ token }, "break").token).not.toContain(token);
    }
  });

  it.each([
    "list <| map |> set",
    "a <| b",
    "x |> f",
    "<||>",
    "< |eot_id| >",
    "<|a b|>",
    "if (a<|b",
    "<s>",
    "[INST]",
  ])("leaves %s alone", (text) => {
    const value = { text };
    expect(withoutControlTokens(value, "refuse")).toBe(value);
    expect(withoutControlTokens(value, "break")).toBe(value);
  });

  it("breaks them where a reader sees it", () => {
    expect(withoutControlTokens({ content: 'say "<|eot_id|>"\n' }, "break")).toEqual({
      content: 'say "< |eot_id| >"\n',
    });
  });

  it("leaves none in what it broke, however they overlap, and nothing else changed", () => {
    const piece = fc.constantFrom(
      "<",
      "|",
      ">",
      "<|",
      "|>",
      "eot_id",
      "<|eot_id|>",
      " ",
      '"',
      "\\",
      "\n",
      "｜",
      "é",
    );
    const texts = fc.array(fc.array(piece).map((pieces) => pieces.join("")));
    fc.assert(
      fc.property(texts, (value) => {
        const broken = withoutControlTokens(value, "break");
        expect(withoutControlTokens(broken, "refuse")).toBe(broken);
        expect(broken.map((text) => text.replaceAll(" ", ""))).toEqual(
          value.map((text) => text.replaceAll(" ", "")),
        );
      }),
    );
  });

  it("takes time in proportion to hostile text", () => {
    const started = performance.now();
    for (const hostile of ["<|", "<|a", "<|a|", `<|${"a".repeat(64)}`])
      expect(refused(hostile.repeat(Math.ceil(1_000_000 / hostile.length)))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("repeats nothing of the text", () => {
    expect(() => withoutControlTokens("SECRET <|eot_id|>", "refuse")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("SECRET") }),
    );
  });
});
