import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it, test } from "@jest/globals";
import { convertCheckpoint, type ConvertOptions } from "../../src/convert/index.js";
import { openModelFolder } from "../../src/model/index.js";
import { convertTiny, graphLogits } from "../fixtures/convert-tiny.js";
import { encodeSafetensors, type NamedTensor } from "../fixtures/encode-safetensors.js";
import { logitError } from "../fixtures/logit-error.js";
import { randomTokens } from "../fixtures/random-tokens.js";
import { referenceForward } from "../fixtures/reference-forward.js";
import { seededRandom } from "../fixtures/seeded-random.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { TINY, writeTinyCheckpoint, type TinyCheckpoint } from "../fixtures/tiny-checkpoint.js";
import { CONFIG } from "./adapter/write-adapter.js";

const RANK = 4;
const ALPHA = 6;

/** Rows and columns of every matrix that is adapted, by module. */
const ADAPTED: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  "model.layers.0.self_attn.q_proj": [TINY.heads * TINY.headDim, TINY.hiddenSize],
  "model.layers.0.self_attn.v_proj": [TINY.kvHeads * TINY.headDim, TINY.hiddenSize],
  "model.layers.1.self_attn.o_proj": [TINY.hiddenSize, TINY.heads * TINY.headDim],
  "model.layers.1.mlp.gate_proj": [TINY.ffnSize, TINY.hiddenSize],
  "model.layers.1.mlp.down_proj": [TINY.hiddenSize, TINY.ffnSize],
};

interface Factors {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

function writeTinyAdapter(): { dir: string; factors: ReadonlyMap<string, Factors> } {
  const dir = tempFolder();
  const random = seededRandom(51);
  const noise = (length: number): Float32Array => Float32Array.from({ length }, () => (random() - 0.5) / 4);
  const factors = new Map<string, Factors>();
  const tensors: NamedTensor[] = [];
  for (const [module, [rows, columns]] of Object.entries(ADAPTED)) {
    const [a, b] = [noise(RANK * columns), noise(rows * RANK)];
    factors.set(module, { a, b });
    const name = (factor: string): string => `base_model.model.${module}.lora_${factor}.weight`;
    tensors.push(
      { name: name("A"), shape: [RANK, columns], values: a },
      { name: name("B"), shape: [rows, RANK], values: b },
    );
  }
  const config = { ...CONFIG, r: RANK, lora_alpha: ALPHA, target_modules: "all-linear" };
  writeFileSync(join(dir, "adapter_config.json"), JSON.stringify(config));
  writeFileSync(join(dir, "adapter_model.safetensors"), encodeSafetensors(tensors, "F32"));
  return { dir, factors };
}

/** W + alpha / rank * (B @ A), in float64. */
function merged(checkpoint: TinyCheckpoint, factors: ReadonlyMap<string, Factors>): TinyCheckpoint {
  const weights = new Map(checkpoint.weights);
  for (const [module, { a, b }] of factors) {
    const columns = ADAPTED[module]![1];
    const sum = (row: number, column: number): number =>
      Array.from({ length: RANK }, (_, r) => b[row * RANK + r]! * a[r * columns + column]!).reduce(
        (x, y) => x + y,
        0,
      );
    const base = weights.get(`${module}.weight`)!;
    weights.set(
      `${module}.weight`,
      base.map((weight, i) => weight + (ALPHA / RANK) * sum(Math.floor(i / columns), i % columns)),
    );
  }
  return { ...checkpoint, weights };
}

describe("a merged adapter", () => {
  test.each(["F32", "BF16"] as const)("changes a base in %s as its product says", async (dtype) => {
    const { dir, factors } = writeTinyAdapter();
    const converted = await convertTiny({ dtype }, "fp32", { adapterDir: dir });
    const tokens = randomTokens(48, 52);
    const logits = await graphLogits(converted, tokens);
    const expected = referenceForward(merged(converted.checkpoint, factors), tokens).logits;
    // Merged weights are rounded to the type of the base, as PEFT does: 8 bits of a bfloat16.
    expect(logitError(logits, expected)).toBeLessThan(dtype === "F32" ? 1e-5 : 0.02);
    expect(logitError(logits, referenceForward(converted.checkpoint, tokens).logits)).toBeGreaterThan(0.1);
  });

  it("is named in the manifest, file by file", async () => {
    const { dir } = writeTinyAdapter();
    const folder = tempFolder();
    const [sourceDir, outDir] = [join(folder, "source"), join(folder, "model")];
    await writeTinyCheckpoint(sourceDir);
    const options: ConvertOptions = {
      ...{ sourceDir, outDir, adapterDir: dir, id: "tiny", notice: "For tests.", task: "guard" },
      ...{ template: "llama-guard-2", format: "int8", head: "guard", repository: "test", revision: "1" },
    };
    await convertCheckpoint(options);
    const { manifest } = await openModelFolder(outDir);
    expect(manifest.adapter).toMatchObject({
      name: basename(dir),
      base: "meta-llama/Meta-Llama-Guard-2-8B",
      files: [
        { path: "adapter_config.json", bytes: readFileSync(join(dir, "adapter_config.json")).byteLength },
        { path: "adapter_model.safetensors" },
      ],
    });
  });

  it("of another model is refused", async () => {
    const { dir } = writeTinyAdapter();
    await expect(convertTiny({ hiddenSize: 32 }, "fp32", { adapterDir: dir })).rejects.toMatchObject({
      code: "bad_model_file",
      message: expect.stringContaining("q_proj"),
    });
  });
});
