import { describe, expect, it } from "@jest/globals";
import { Tokenizer } from "@huggingface/tokenizers";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCheckpointTokenizer } from "../../src/convert/checkpoint-tokenizer.js";
import { guardHeadRows } from "../../src/convert/head-rows.js";
import { llama3TokenizerJson } from "../fixtures/llama3-tokenizer.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const END_TOKENS = [128001, 128009];

async function llama3Rows(): Promise<readonly number[]> {
  const dir = tempFolder();
  writeFileSync(join(dir, "tokenizer.json"), JSON.stringify(llama3TokenizerJson()));
  writeFileSync(join(dir, "tokenizer_config.json"), "{}");
  return guardHeadRows(await readCheckpointTokenizer(dir, 128256), END_TOKENS);
}

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

  it("names no row twice", async () => {
    const rows = await llama3Rows();
    expect(new Set(rows).size).toBe(rows.length);
  });

  it("refuses a vocabulary that splits a word of the verdict", () => {
    const tokenizer = { idOf: (text: string) => (text === "unsafe" ? null : 1), controls: new Map() };
    expect(() => guardHeadRows(tokenizer, END_TOKENS)).toThrow(
      expect.objectContaining({ code: "bad_model_file" }),
    );
  });
});
