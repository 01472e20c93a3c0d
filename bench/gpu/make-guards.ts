import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../base/index.js";
import { convertCheckpoint } from "../../convert/index.js";
import { writeSyntheticCheckpoint, type Shape } from "../full-size/synthetic-checkpoint.js";

export type GuardFormat = "fp32" | "fp16" | "int4";

export interface Guards {
  readonly folder: (format: GuardFormat) => string;
  /** Columns of the logits. */
  readonly columns: { readonly safe: number; readonly unsafe: number };
}

/** Vocabulary of the starter guard, which the large shape borrows. */
const TOKENIZER = join(PACKAGE_ROOT, "training/starter/checkpoint/tokenizer.json");
export const VOCABULARY_TOKENS = 8192;

/**
 * One guard of seeded noise in several formats, all from the same checkpoint.
 * @param shape of `VOCABULARY_TOKENS` tokens
 */
export async function makeGuards(
  dir: string,
  shape: Shape,
  formats: readonly GuardFormat[],
  seed: number,
): Promise<Guards> {
  const checkpoint = join(dir, "checkpoint");
  const tokenizerJson = JSON.parse(readFileSync(TOKENIZER, "utf8")) as {
    model: { vocab: Record<string, number> };
  };
  const verdictTokens = ["safe", "unsafe"].map((word) => tokenizerJson.model.vocab[word]!);
  const vocabulary = { tokenizerJson, verdictTokens };
  writeSyntheticCheckpoint(checkpoint, shape, seed, vocabulary);
  const folder = (format: GuardFormat): string => join(dir, format);
  let columns: number[] = [];
  for (const format of formats) {
    const { head } = await convertCheckpoint({
      ...{ sourceDir: checkpoint, outDir: folder(format), format, task: "guard", head: "guard" },
      ...{ id: "measured", notice: "For measurements.", template: "llama-guard-2" },
      ...{ repository: "synthetic", revision: "1" },
    });
    if (head.kind === "rows") columns = verdictTokens.map((token) => head.tokenIds.indexOf(token));
  }
  return { folder, columns: { safe: columns[0]!, unsafe: columns[1]! } };
}
