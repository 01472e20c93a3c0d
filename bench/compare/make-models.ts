import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { convertCheckpoint } from "../../convert/index.js";
import { writeLlamaGguf, type GgufFormat } from "../peer-formats/write-llama-gguf.js";
import { writeStandardOnnx, type StandardFormat } from "../peer-formats/write-standard-onnx.js";

/** A checkpoint in the forms that peers open. */
export interface Models {
  readonly guard: (format: "int8" | "int4" | "fp32") => string;
  readonly generator: string;
  readonly gguf: (format: GgufFormat) => string;
  readonly standard: string;
}

export interface WantedForms {
  readonly guards: readonly ("int8" | "int4" | "fp32")[];
  readonly generator: boolean;
  readonly ggufs: readonly GgufFormat[];
  readonly standards: readonly StandardFormat[];
}

export async function makeModels(checkpoint: string, dir: string, wanted: WantedForms): Promise<Models> {
  await mkdir(dir, { recursive: true });
  const models: Models = {
    guard: (format) => join(dir, `guard-${format}`),
    generator: join(dir, "generator-int4"),
    gguf: (format) => join(dir, `${format}.gguf`),
    standard: join(dir, "standard"),
  };
  const common = {
    sourceDir: checkpoint,
    id: "compared",
    notice: "For measurements.",
    repository: "synthetic",
  };
  for (const format of wanted.guards)
    await convertCheckpoint({
      ...{ ...common, outDir: models.guard(format), task: "guard", template: "llama-guard-2", format },
      ...{ head: "guard", revision: "1" },
    });
  if (wanted.generator)
    await convertCheckpoint({
      ...{ ...common, outDir: models.generator, task: "generator", template: "llama-3", format: "int4" },
      ...{ head: "full", revision: "1" },
    });
  for (const format of wanted.ggufs) await writeLlamaGguf(checkpoint, models.gguf(format), format);
  if (wanted.standards.length > 0) await writeStandardOnnx(checkpoint, models.standard, wanted.standards);
  return models;
}
