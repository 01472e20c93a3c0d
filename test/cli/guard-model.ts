import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { convertCheckpoint } from "../../src/convert/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint } from "../fixtures/tiny-checkpoint.js";

/**
 * A tiny model that, like a trained guard and unlike random weights, puts nearly all probability on `safe` and
 * `unsafe`; which of them it prefers is still chance. Coordinate 0 is large in every hidden state, and the
 * head rewards it for these two words alone.
 *
 * @returns path of the model folder
 */
export async function buildGuardModel(): Promise<string> {
  const folder = tempFolder();
  const [sourceDir, outDir] = [join(folder, "checkpoint"), join(folder, "model")];
  await writeTinyCheckpoint(sourceDir, { tied: false, dtype: "F32" });
  const { model } = JSON.parse(readFileSync(join(sourceDir, "tokenizer.json"), "utf8")) as {
    model: { vocab: Record<string, number> };
  };
  const words = [model.vocab["safe"], model.vocab["unsafe"]];
  setFirstColumns(join(sourceDir, "model.safetensors"), {
    "model.embed_tokens.weight": () => 16,
    "lm_head.weight": (row) => (words.includes(row) ? 1 : -1),
  });
  await convertCheckpoint({
    ...{ sourceDir, outDir, id: "tiny-guard", notice: "Random weights for tests.", task: "guard" },
    ...{ template: "llama-guard-2", format: "fp32", head: "guard", repository: "test", revision: "1" },
  });
  return outDir;
}

/** Sets column 0 of matrices in a safetensors file of float32. */
function setFirstColumns(path: string, values: Record<string, (row: number) => number>): void {
  const file = readFileSync(path);
  const dataStart = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, dataStart)) as Record<
    string,
    { shape: [rows: number, columns: number]; data_offsets: [begin: number, end: number] }
  >;
  for (const [name, value] of Object.entries(values)) {
    const { shape, data_offsets } = header[name]!;
    for (let row = 0; row < shape[0]; row += 1)
      file.writeFloatLE(value(row), dataStart + data_offsets[0] + 4 * row * shape[1]);
  }
  writeFileSync(path, file);
}
