import { describe, expect, it, test } from "@jest/globals";
import { Tokenizer } from "@huggingface/tokenizers";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCheckpointTokenizer } from "../../src/convert/checkpoint-tokenizer.js";
import { guardHeadRows } from "../../src/convert/head-rows.js";
import { llama2Tokenizer, llama2TokenizerJson } from "../fixtures/llama2-tokenizer.js";
import { llama3TokenizerJson } from "../fixtures/llama3-tokenizer.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const END_TOKENS = [128001, 128009];

async function rowsOf(
  tokenizerJson: object,
  vocabSize: number,
  endTokens: readonly number[],
): Promise<readonly number[]> {
  const dir = tempFolder();
  writeFileSync(join(dir, "tokenizer.json"), JSON.stringify(tokenizerJson));
  writeFileSync(join(dir, "tokenizer_config.json"), "{}");
  return guardHeadRows(await readCheckpointTokenizer(dir, vocabSize), endTokens);
}

const llama3Rows = () => rowsOf(llama3TokenizerJson(), 128_256, END_TOKENS);

describe("guardHeadRows", () => {
  it("holds every token of every answer of Llama Guard 1 to 3, and little of the vocabulary", async () => {
    const rows = new Set(await llama3Rows());
    const tokenizer = new Tokenizer({ ...llama3TokenizerJson(), added_tokens: [] }, {});
    const codes = Array.from({ length: 14 }, (_, i) => `S${String(i + 1)}`);
    for (const answer of [
      "safe",
      "\n\nsafe",
      `unsafe\n${codes.join(",")}`,
      `\n\nunsafe\nO1,O6`,
      "unsafe\nZ99,A42",
    ])
      for (const id of tokenizer.encode(answer, { add_special_tokens: false }).ids)
        expect(rows).toContain(id);
    for (const id of [19193, 39257, 21861, 605, 806, ...END_TOKENS]) expect(rows).toContain(id);
    expect(rows.size).toBeGreaterThan(250);
    expect(rows.size).toBeLessThan(400);
  });

  it("stays as it is for Llama 3, so that models converted before and after are the same", async () => {
    const digest = createHash("sha256")
      .update((await llama3Rows()).join())
      .digest("hex");
    expect(digest).toBe("1eff29d205f5cbb0e3c9da0dc49ed58a618bc2664b88644555babec7d277427c");
  });

  test.each(["legacy", "always", "first"] as const)(
    "holds every token of every answer of Llama Guard 1 in Llama 2's vocabulary: %s",
    async (leadingSpace) => {
      const list = await rowsOf(llama2TokenizerJson(leadingSpace), 32_000, [2]);
      const rows = new Set(list);
      const { encodeText } = llama2Tokenizer();
      for (const answer of ["safe", "unsafe\nO1,O2,O3,O4,O5,O6", "unsafe\nS1,S10", "unsafe\nZ99,A42"])
        for (const id of encodeText(answer)) expect(rows).toContain(id);
      for (const id of [9109, 25110, 13, 2]) expect(rows).toContain(id); // ▁safe, ▁unsafe, line break, </s>
      for (const word of ["Yes", "Sorry", "As"]) expect(rows).toContain(encodeText(word)[0]);
      expect(rows.size).toBe(list.length);
      expect(rows.size).toBeGreaterThan(250);
      expect(rows.size).toBeLessThan(400);
    },
  );

  it("names no row twice", async () => {
    const rows = await llama3Rows();
    expect(new Set(rows).size).toBe(rows.length);
  });

  it("refuses a vocabulary that splits a word of the verdict", () => {
    const tokenizer = { idsOf: (text: string) => (text === "unsafe" ? [] : [1]), controls: new Map() };
    expect(() => guardHeadRows(tokenizer, END_TOKENS)).toThrow(
      expect.objectContaining({ code: "bad_model_file" }),
    );
  });
});
