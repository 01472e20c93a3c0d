import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../base/index.js";
import { writeSyntheticCheckpoint, type Shape } from "./synthetic-checkpoint.js";

/** The starter guard lends its vocabulary: Llama 3's would be most of a model of two layers. */
const TOKENIZER = join(PACKAGE_ROOT, "training/starter/checkpoint/tokenizer.json");
export const SMALL_VOCABULARY = 8192;

/**
 * Writes a checkpoint of seeded noise with `SMALL_VOCABULARY` tokens.
 * @returns those of `safe` and `unsafe`
 */
export function writeSmallCheckpoint(dir: string, shape: Omit<Shape, "vocab">, seed: number): number[] {
  const tokenizerJson = JSON.parse(readFileSync(TOKENIZER, "utf8")) as {
    model: { vocab: Record<string, number> };
  };
  const verdictTokens = ["safe", "unsafe"].map((word) => tokenizerJson.model.vocab[word]!);
  writeSyntheticCheckpoint(dir, { ...shape, vocab: SMALL_VOCABULARY }, seed, {
    tokenizerJson,
    verdictTokens,
  });
  return verdictTokens;
}
