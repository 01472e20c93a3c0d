import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, test } from "@jest/globals";
import { readCheckpointTokenizer } from "../../src/convert/checkpoint-tokenizer.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { tinyTokenizer } from "../fixtures/tiny-tokenizer.js";

const { tokenizerJson, vocabSize } = tinyTokenizer();
const MODEL = (tokenizerJson as { model: Readonly<Record<string, unknown>> }).model;

let dir: string;
beforeEach(() => {
  dir = tempFolder();
  writeFileSync(join(dir, "tokenizer_config.json"), "{}");
});

const read = (json: unknown) => {
  writeFileSync(join(dir, "tokenizer.json"), JSON.stringify(json));
  return readCheckpointTokenizer(dir, vocabSize);
};
const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) });
const withModel = (change: object): object => ({ ...tokenizerJson, model: { ...MODEL, ...change } });
const splitBy = (pattern: unknown): object => ({
  ...tokenizerJson,
  pre_tokenizer: { type: "Split", pattern, behavior: "Isolated", invert: false },
});

describe("readCheckpointTokenizer", () => {
  it("knows control tokens by name, and words of one token", async () => {
    const { controls, idsOf } = await read(tokenizerJson);
    expect(controls.get("<|eot_id|>")).toBe(vocabSize - 256 + 9);
    expect(idsOf("safe")).toHaveLength(1);
    expect(idsOf("no word of it")).toEqual([]);
  });

  test.each<[string, object]>([
    ["Unigram", withModel({ type: "Unigram", unk_id: 0, vocab: [["a", -1]] })],
    ["Unigram that has a vocabulary like others", withModel({ type: "Unigram" })],
    ["WordPiece", withModel({ type: "WordPiece", unk_token: "[UNK]" })],
    ["no type", withModel({ type: undefined })],
    ["no merges", withModel({ merges: undefined })],
    ["merges that are numbers", withModel({ merges: [1, 2] })],
    ["merges that are text", withModel({ merges: "a b" })],
    ["merges of three", withModel({ merges: [["a", "b", "c"]] })],
    ["a merge of nothing", withModel({ merges: [null] })],
    ["a pattern that is none", splitBy({ Regex: "(" })],
    ["a pre-tokenizer nobody knows", { ...tokenizerJson, pre_tokenizer: { type: "Magic" } }],
    ["a model that is none", { ...tokenizerJson, model: 7 }],
    ["an added token that is none", { ...tokenizerJson, added_tokens: [null] }],
  ])("refuses a tokenizer with %s by the file's name", async (_, json) => {
    const used = read(json).then(({ idsOf }) => idsOf("safe"));
    await expect(used).rejects.toEqual(refusal(/^tokenizer\.json (holds no|has a) .*; download/));
  });

  it("gives no id for what the vocabulary has no token for", async () => {
    const vocab = Object.fromEntries(
      Object.entries(MODEL["vocab"] as object).filter(([word]) => word !== "~"),
    );
    expect((await read(withModel({ vocab }))).idsOf("~")).toEqual([]);
  });

  it("refuses a pipe in place of either file", async () => {
    execFileSync("mkfifo", [join(dir, "tokenizer.json")]);
    await expect(readCheckpointTokenizer(dir, vocabSize)).rejects.toEqual(refusal(/tokenizer\.json is not/));
    rmSync(join(dir, "tokenizer.json"));
    rmSync(join(dir, "tokenizer_config.json"));
    execFileSync("mkfifo", [join(dir, "tokenizer_config.json")]);
    await expect(read(tokenizerJson)).rejects.toEqual(refusal(/tokenizer_config\.json is not a file/));
  });
});
