import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { readWriterVocabulary } from "../../../src/engine/child/writer-vocabulary.js";
import type { ModelFolder } from "../../../src/model/index.js";
import { createTokenizer } from "../../../src/tokenizer/index.js";
import { tempFolder } from "../../fixtures/temp-folder.js";
import { tinyTokenizer } from "../../fixtures/tiny-tokenizer.js";

const { tokenizerJson, vocabSize } = tinyTokenizer();
const tokenizer = createTokenizer(tokenizerJson);
const [END, BEGIN] = [vocabSize - 255, vocabSize - 256];
const CONFIG = { path: "generation_config.json", bytes: 0, sha256: "" };

let dir: string;
beforeAll(async () => {
  dir = tempFolder();
  await writeFile(join(dir, "tokenizer.json"), JSON.stringify(tokenizerJson));
});

/** @param config generation_config.json as text, or null where the folder has none */
async function readWith(config: string | null, head: object = { kind: "full" }) {
  if (config !== null) await writeFile(join(dir, CONFIG.path), config);
  const manifest = {
    ...{ head, geometry: { vocabSize }, endTokenIds: [END], files: config === null ? [] : [CONFIG] },
    tokenizer: { path: "tokenizer.json" },
  };
  return readWriterVocabulary({ dir, manifest } as unknown as ModelFolder, tokenizer);
}

describe("readWriterVocabulary", () => {
  it.each([
    ["none", null, []],
    ["one", `{ "eos_token_id": 7 }`, [7]],
    ["several", `{ "eos_token_id": [7, 9, ${String(END)}] }`, [7, 9]],
    ["nothing of them", `{ "temperature": 0.6 }`, []],
    ["null", `{ "eos_token_id": null }`, []],
  ])("adds the end tokens of a generation_config.json that names %s", async (_, config, more) => {
    const { endTokens } = await readWith(config);
    expect(new Set(endTokens)).toEqual(new Set([END, ...more]));
  });

  it.each([
    ["text", `{ "eos_token_id": "7" }`],
    ["a token beyond the vocabulary", `{ "eos_token_id": [${String(vocabSize)}] }`],
    ["more than any model has", JSON.stringify({ eos_token_id: Array.from({ length: 17 }, (_, id) => id) })],
    ["something that is no JSON", "{"],
  ])("refuses %s, and names the file", async (_, config) => {
    await expect(readWith(config)).rejects.toMatchObject({
      ...{ code: "bad_model_file", message: expect.stringContaining("generation_config.json") },
    });
  });

  it("refuses a head that was cut down to a verdict", async () => {
    await expect(readWith(null, { kind: "rows", tokenIds: [1] })).rejects.toMatchObject({
      ...{ code: "bad_model_file", message: expect.stringContaining("full head") },
    });
  });

  it("names tokens for people, those without text by name", async () => {
    const { textOf } = await readWith(null);
    expect(textOf(BEGIN)).toBe("<|begin_of_text|>");
    expect(tokenizer.encodeText(" there\n").map(textOf).join("")).toBe(" there\n");
    const halves = tokenizer.encodeText("日").map(textOf);
    expect(halves.every((half) => half.includes("\uFFFD"))).toBe(true);
  });
});
