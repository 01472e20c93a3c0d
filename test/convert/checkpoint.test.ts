import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, test } from "@jest/globals";
import { openCheckpoint } from "../../src/convert/checkpoint.js";
import { readTensorRows } from "../../src/convert/read-tensor-rows.js";
import { encodeSafetensors, type NamedTensor } from "../fixtures/encode-safetensors.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint, type TinyCheckpoint } from "../fixtures/tiny-checkpoint.js";

const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) });

const UP = "model.layers.1.mlp.up_proj.weight";
let dir: string;
let written: TinyCheckpoint;
beforeEach(async () => {
  dir = tempFolder();
  written = await writeTinyCheckpoint(dir, { dtype: "F32" });
});

/** Writes the weights again, changed. */
function rewrite(change: (tensors: Map<string, NamedTensor>) => void): void {
  const { hiddenSize, ffnSize } = written.options;
  const shapeOf = (name: string, values: Float32Array): number[] => {
    if (name.endsWith("norm.weight")) return [hiddenSize];
    const columns = name.includes("down_proj") ? ffnSize : hiddenSize; // heads * headDim is hiddenSize here
    return [values.length / columns, columns];
  };
  const tensors = new Map(
    [...written.weights].map(([name, values]) => [name, { name, values, shape: shapeOf(name, values) }]),
  );
  change(tensors);
  writeFileSync(join(dir, "model.safetensors"), encodeSafetensors([...tensors.values()], "F32"));
}

describe("openCheckpoint", () => {
  it("finds each tensor under its name", async () => {
    const checkpoint = await openCheckpoint(dir);
    const { dtype, shape, file } = checkpoint.tensors.get(UP)!;
    expect({ dtype, shape, file }).toEqual({
      ...{ dtype: "F32", shape: [128, 64], file: join(dir, "model.safetensors") },
    });
    expect(readTensorRows(checkpoint, UP, [127, 3])).toEqual(
      Float32Array.of(
        ...written.weights.get(UP)!.slice(-64),
        ...written.weights.get(UP)!.slice(3 * 64, 4 * 64),
      ),
    );
    expect(checkpoint.tied).toBe(true);
    expect(checkpoint.weightFiles).toEqual(["model.safetensors"]);
  });

  it("passes over the rotary buffers that early exports carry", async () => {
    const name = "model.layers.0.self_attn.rotary_emb.inv_freq";
    rewrite((tensors) => tensors.set(name, { name, shape: [1], values: Float32Array.of(1) }));
    expect((await openCheckpoint(dir)).tensors.has(name)).toBe(false);
  });

  const bias = "model.layers.0.self_attn.q_proj.bias";
  const changes: [string, (tensors: Map<string, NamedTensor>) => unknown, RegExp][] = [
    [
      "a missing tensor",
      (tensors) => tensors.delete(UP),
      /has no tensor model\.layers\.1\.mlp\.up_proj\.weight/,
    ],
    [
      "a surplus tensor",
      (tensors) => tensors.set(bias, { name: bias, shape: [1], values: Float32Array.of(0) }),
      /q_proj\.bias.*does not have/,
    ],
    [
      "a turned tensor",
      (tensors) => tensors.set(UP, { ...tensors.get(UP)!, shape: [64, 128] }),
      /up_proj\.weight is \[64,128\]; config\.json calls for \[128,64\]/,
    ],
  ];
  test.each(changes)("refuses %s", async (_, change, message) => {
    rewrite(change);
    await expect(openCheckpoint(dir)).rejects.toEqual(refusal(message));
  });

  it("passes over a head that is the embedding again, and refuses one that is not", async () => {
    const [head, embedding] = ["lm_head.weight", "model.embed_tokens.weight"];
    rewrite((tensors) => tensors.set(head, { ...tensors.get(embedding)!, name: head }));
    expect((await openCheckpoint(dir)).tensors.has(head)).toBe(false);
    rewrite((tensors) => {
      const { values, ...rest } = tensors.get(embedding)!;
      tensors.set(head, { ...rest, name: head, values: values.with(-1, 0.5) });
    });
    await expect(openCheckpoint(dir)).rejects.toEqual(refusal(/lm_head\.weight differs from the embedding/));
  });

  it("refuses weights of whole numbers", async () => {
    const path = join(dir, "model.safetensors");
    writeFileSync(path, readFileSync(path, "latin1").replace('"F32"', '"I32"'), "latin1");
    await expect(openCheckpoint(dir)).rejects.toEqual(refusal(/not F32, F16 or BF16/));
  });

  it("asks for a head of its own where the embedding is not shared", async () => {
    writeFileSync(
      join(dir, "config.json"),
      JSON.stringify({ ...written.config, tie_word_embeddings: false }),
    );
    await expect(openCheckpoint(dir)).rejects.toEqual(refusal(/no tensor lm_head\.weight/));
  });

  test.each([NaN, Infinity, -Infinity])("refuses a weight of %p by the tensor's name", async (value) => {
    rewrite((tensors) => {
      const { values, ...rest } = tensors.get(UP)!;
      tensors.set(UP, { ...rest, values: values.with(5, value) });
    });
    const checkpoint = await openCheckpoint(dir);
    expect(() => readTensorRows(checkpoint, UP, [0])).toThrow(
      /model\.safetensors: model\.layers\.1\.mlp\.up_proj\.weight holds NaN or infinity/,
    );
    expect(readTensorRows(checkpoint, UP, [1]).length).toBe(64);
  });

  it("refuses a folder whose configuration is not JSON", async () => {
    writeFileSync(join(dir, "config.json"), "model_type: llama");
    await expect(openCheckpoint(dir)).rejects.toEqual(refusal(/config\.json cannot be read as JSON/));
  });

  it("refuses a configuration that is a pipe, or too large to be one", async () => {
    writeFileSync(join(dir, "config.json"), " ".repeat(2 * 1024 * 1024));
    await expect(openCheckpoint(dir)).rejects.toEqual(refusal(/config\.json has 2097152 bytes, more than/));
    rmSync(join(dir, "config.json"));
    execFileSync("mkfifo", [join(dir, "config.json")]);
    await expect(openCheckpoint(dir)).rejects.toEqual(refusal(/config\.json is not a file/));
  });
});
