import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { convertCheckpoint, type ConvertOptions } from "../../src/convert/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint, type TinyCheckpoint, type TinyOptions } from "../fixtures/tiny-checkpoint.js";

export interface TinyGenerator {
  readonly modelDir: string;
  readonly checkpoint: TinyCheckpoint;
}

/** A generator of random weights; `generationConfig` goes beside it. */
export async function buildTinyGenerator(
  tiny: TinyOptions = {},
  { format = "fp32" as ConvertOptions["format"], generationConfig = null as object | null } = {},
): Promise<TinyGenerator> {
  const dir = tempFolder();
  const sourceDir = join(dir, "checkpoint");
  const checkpoint = await writeTinyCheckpoint(sourceDir, tiny);
  const companion = join(dir, "generation_config.json");
  if (generationConfig !== null) await writeFile(companion, JSON.stringify(generationConfig));
  await convertCheckpoint({
    ...{ sourceDir, outDir: join(dir, "model"), id: "tiny-generator", notice: "Random weights for tests." },
    ...{ task: "generator", head: "full", template: "llama-3-chat", format },
    ...{ repository: "test/fixtures", revision: String(tiny.seed ?? 1) },
    companions: generationConfig === null ? [] : [companion],
  });
  return { modelDir: join(dir, "model"), checkpoint };
}
