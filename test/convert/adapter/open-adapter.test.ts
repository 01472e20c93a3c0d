import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { describe, expect, it, test } from "@jest/globals";
import { addDelta } from "../../../src/convert/adapter/add-delta.js";
import { openAdapter, type TensorPlace } from "../../../src/convert/adapter/open-adapter.js";
import { toFloat32 } from "../../../src/convert/float-elements.js";
import { tempFolder } from "../../fixtures/temp-folder.js";
import { BASE, DOWN1, Q0, V0, factorsOf, writeAdapter, type Factors } from "./write-adapter.js";

const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) });

const nameOf = (module: string, factor: "A" | "B"): string =>
  `base_model.model.${module}.lora_${factor}.weight`;

function valuesAt({ file, dtype, begin, end }: TensorPlace): Float32Array {
  return toFloat32(dtype, new Uint8Array(readFileSync(file).subarray(begin, end)));
}

/** `scale` of every module of an adapter with these settings, ranks as given. */
async function scales(
  config: Record<string, unknown>,
  ranks: Record<string, number>,
): Promise<Record<string, number>> {
  const { deltas } = await openAdapter(writeAdapter({ config, factors: factorsOf(ranks) }), BASE);
  return Object.fromEntries([...deltas].map(([name, { scale }]) => [name.replace(".weight", ""), scale]));
}

describe("openAdapter", () => {
  test.each(["F32", "F16", "BF16"] as const)("finds both factors of every module, in %s", async (dtype) => {
    const factors = factorsOf({ [Q0]: 5, [DOWN1]: 5 });
    const dir = writeAdapter({ factors, dtype });
    const adapter = await openAdapter(dir, BASE);
    expect(adapter).toMatchObject({ dir, baseRepository: "meta-llama/Meta-Llama-Guard-2-8B" });
    expect([...adapter.deltas.keys()].sort()).toEqual([`${Q0}.weight`, `${DOWN1}.weight`]);
    const { rank, scale, a, b } = adapter.deltas.get(`${Q0}.weight`)!;
    expect({ rank, scale }).toEqual({ rank: 5, scale: 32 / 5 });
    expect([a.shape, b.shape, a.dtype]).toEqual([[5, 7], [10, 5], dtype]);
    expect(isAbsolute(a.file)).toBe(true);
    expect(valuesAt(a)).toEqual(factors.get(nameOf(Q0, "A"))!.values);
    expect(valuesAt(b)).toEqual(factors.get(nameOf(Q0, "B"))!.values);
  });

  it("describes what addDelta needs to merge W + s * (B @ A)", async () => {
    const { deltas } = await openAdapter(writeAdapter(), BASE);
    const { rank, scale, a, b } = deltas.get(`${DOWN1}.weight`)!;
    const [left, right] = [valuesAt(b), valuesAt(a)];
    const merged = Float32Array.from({ length: 7 * 13 }, (_, at) => at / 64);
    addDelta(merged, 13, 0, { rank, scale, a: right, b: left });
    merged.forEach((value, at) => {
      const [row, column] = [Math.floor(at / 13), at % 13];
      const product = [0, 1, 2, 3, 4].reduce(
        (sum, k) => sum + left[row * 5 + k]! * right[k * 13 + column]!,
        0,
      );
      expect(value).toBeCloseTo(at / 64 + (32 / 5) * product, 4);
    });
  });

  it("divides alpha by the root of the rank when the adapter is rank-stabilised", async () => {
    expect(await scales({ use_rslora: true, r: 4 }, { [Q0]: 4 })).toEqual({ [Q0]: 16 });
  });

  it("gives modules the rank and alpha of the first pattern that fits them", async () => {
    const config = {
      r: 4,
      lora_alpha: 8,
      rank_pattern: { "layers.0.self_attn.v_proj": 2, [String.raw`.*\.(v|down)_proj`]: 3 },
      alpha_pattern: { "^model.layers.1.mlp.down_proj$": 0.75, attn: 1 },
    };
    expect(await scales(config, { [Q0]: 4, [V0]: 2, [DOWN1]: 3 })).toEqual({
      [Q0]: 2,
      [V0]: 4,
      [DOWN1]: 0.25,
    });
  });

  it("takes root of the pattern's rank, not of r, when both are at work", async () => {
    const config = { use_rslora: true, r: 4, lora_alpha: 6, rank_pattern: { v_proj: 9 } };
    expect(await scales(config, { [Q0]: 4, [V0]: 9 })).toEqual({ [Q0]: 3, [V0]: 2 });
  });

  test.each([
    ["a list", { target_modules: ["k_proj"] }],
    ["a regular expression", { target_modules: ".*[qv]_proj" }],
    ["all-linear", { target_modules: "all-linear" }],
    ["one layer", { layers_to_transform: 7, layers_pattern: "layers" }],
    ["layers", { layers_to_transform: [0, 1] }],
    ["exclusions", { exclude_modules: ["lm_head"] }],
  ])("lets the tensors decide where the configuration names %s", async (_, config) => {
    const { deltas } = await openAdapter(writeAdapter({ config }), BASE);
    expect(deltas.size).toBe(3);
  });

  test.each(["gaussian", "eva", "orthogonal", false])("takes weights that began as %s", async (init) => {
    await openAdapter(writeAdapter({ config: { init_lora_weights: init } }), BASE);
  });

  it("knows the spelling with the adapter's name", async () => {
    const factors = new Map(
      [...factorsOf({ [Q0]: 5 })].map(([name, one]) => [name.replace(".weight", ".default.weight"), one]),
    );
    expect((await openAdapter(writeAdapter({ factors }), BASE)).deltas.size).toBe(1);
  });

  const settings: [string, Record<string, unknown>, RegExp][] = [
    ["another method", { peft_type: "IA3" }, /peft_type is not LORA/],
    ["no method", { peft_type: undefined }, /peft_type is not LORA/],
    ["trained biases", { bias: "lora_only" }, /bias is not none/],
    ["DoRA", { use_dora: true }, /"use_dora" is set: DoRA/],
    ["a bias of its own", { lora_bias: true }, /"lora_bias" is set/],
    ["whole modules", { modules_to_save: ["lm_head"] }, /"modules_to_save" is set/],
    [
      "trained tokens",
      { trainable_token_indices: { embed_tokens: [1] } },
      /"trainable_token_indices" is set/,
    ],
    ["parameters", { target_parameters: ["experts.gate_up_proj"] }, /"target_parameters" is set/],
    ["repeated layers", { layer_replication: [[0, 2]] }, /"layer_replication" is set/],
    ["QALoRA", { use_qalora: true }, /"use_qalora" is set/],
    ["BD-LoRA", { use_bdlora: { nblocks: 2 } }, /"use_bdlora" is set/],
    ["aLoRA", { alora_invocation_tokens: [1, 2] }, /"alora_invocation_tokens" is set/],
    ["Arrow", { arrow_config: { top_k: 3 } }, /"arrow_config" is set/],
    ["KaSA", { kasa_config: { beta: 1 } }, /"kasa_config" is set/],
    ["MonteCLoRA", { monteclora_config: { num_samples: 2 } }, /"monteclora_config" is set/],
    ["VeLoRA", { velora_config: { scale: 1 } }, /"velora_config" is set/],
    ["Megatron", { megatron_config: { hidden: 1 } }, /"megatron_config" is set/],
    ["transposed layers", { fan_in_fan_out: true }, /"fan_in_fan_out" is set/],
    ["PiSSA", { init_lora_weights: "pissa_niter_16" }, /init_lora_weights/],
    ["OLoRA", { init_lora_weights: "olora" }, /init_lora_weights/],
    ["CorDA", { init_lora_weights: "corda" }, /init_lora_weights/],
    ["LoftQ", { init_lora_weights: "loftq" }, /init_lora_weights/],
    ["a setting of the future", { use_wonder: { x: 1 } }, /"use_wonder" is set: its meaning is not known/],
    ["no rank", { r: undefined }, /required property 'r'/],
    ["a rank of zero", { r: 0 }, /"\/r" must be >= 1/],
    ["an absurd rank", { r: 1e9 }, /"\/r" must be <= 8192/],
    ["an alpha that is text", { lora_alpha: "32" }, /"\/lora_alpha" must be number/],
    ["an alpha beyond bounds", { lora_alpha: 1e300 }, /"\/lora_alpha" must be <= 1000000/],
    ["a rank pattern of text", { rank_pattern: { q_proj: "8" } }, /"\/rank_pattern\/q_proj" must be integer/],
    [
      "a pattern that could run for years",
      { rank_pattern: { "((a+)+)+b": 8 } },
      /rank_pattern: the key "\(\(a\+/,
    ],
    ["a pattern that looks back", { alpha_pattern: { "(?<=a)b": 8 } }, /alpha_pattern: the key/],
  ];
  test.each(settings)("refuses %s", async (_, config, message) => {
    const dir = writeAdapter({ config });
    await expect(openAdapter(dir, BASE)).rejects.toEqual(refusal(message));
    await expect(openAdapter(dir, BASE)).rejects.toEqual(refusal(/^\/.+adapter_config\.json: .+; .+/s));
  });

  const vector = (length: number) => ({ shape: [length], values: new Float32Array(length) });
  const matrix = (rows: number, columns: number) => ({
    shape: [rows, columns],
    values: new Float32Array(rows * columns),
  });
  const tensors: [string, (factors: Factors) => unknown, RegExp][] = [
    ["a missing A", (f) => f.delete(nameOf(V0, "A")), /v_proj has no lora_A/],
    ["a missing B", (f) => f.delete(nameOf(V0, "B")), /v_proj has no lora_B/],
    ["no tensor at all", (f) => f.clear(), /holds no tensor/],
    [
      "a factor under two spellings",
      (f) => f.set(`base_model.model.${Q0}.lora_A.default.weight`, matrix(5, 7)),
      /q_proj has lora_A twice/,
    ],
    [
      "another rank than the configuration's",
      (f) => f.set(nameOf(Q0, "A"), matrix(6, 7)),
      /\[6,7\].+\[5,7\]/,
    ],
    ["another width than the base's", (f) => f.set(nameOf(Q0, "A"), matrix(5, 8)), /\[5,8\].+\[5,7\]/],
    ["another height than the base's", (f) => f.set(nameOf(Q0, "B"), matrix(11, 5)), /\[11,5\].+\[10,5\]/],
    ["factors the wrong way round", (f) => f.set(nameOf(Q0, "A"), matrix(7, 5)), /\[7,5\].+\[5,7\]/],
    [
      "a layer the base lacks",
      (f) => rename(f, "layers.0", "layers.9"),
      /layers\.9\.self_attn.+no matrix of the base/,
    ],
    ["a module the base lacks", (f) => rename(f, "v_proj", "qkv_proj"), /qkv_proj, which is no matrix/],
    [
      "a norm",
      (f) => rename(f, "self_attn.v_proj", "input_layernorm"),
      /input_layernorm, which is no matrix/,
    ],
    [
      "a trained head",
      (f) => rename(f, V0, "lm_head"),
      /"base_model\.model\.lm_head\.lora_A\.weight" is the vocabulary's/,
    ],
    [
      "an embedding with plain factors",
      (f) => rename(f, V0, "model.embed_tokens"),
      /is the vocabulary's own matrix/,
    ],
    [
      "a trained embedding",
      (f) => f.set("base_model.model.model.embed_tokens.lora_embedding_A", matrix(5, 33)),
      /lora_embedding_A" changes the embedding/,
    ],
    [
      "a resized vocabulary",
      (f) => f.set("base_model.model.model.embed_tokens.weight", matrix(34, 7)),
      /embed_tokens\.weight" is the vocabulary's own matrix/,
    ],
    [
      "magnitudes of DoRA",
      (f) => f.set(`base_model.model.${Q0}.lora_magnitude_vector.weight`, vector(10)),
      /lora_magnitude_vector\.weight" belongs to DoRA/,
    ],
    ["a bias", (f) => f.set(`base_model.model.${Q0}.lora_B.bias`, vector(10)), /lora_B\.bias" is a bias/],
    [
      "a module saved whole",
      (f) => f.set("base_model.model.score.modules_to_save.weight", vector(2)),
      /is not part of plain LoRA/,
    ],
    [
      "the name of another tool",
      (f) => rename(f, "base_model.model.", "lora_unet_"),
      /is not part of plain LoRA/,
    ],
    [
      "another adapter's name",
      (f) => rename(f, "lora_A.weight", "lora_A.mine.weight"),
      /is not part of plain LoRA/,
    ],
    [
      "NaN",
      (f) => f.get(nameOf(V0, "B"))!.values.fill(NaN, 1, 2),
      /v_proj\.lora_B\.weight holds NaN or infinity/,
    ],
    [
      "infinity",
      (f) => f.get(nameOf(DOWN1, "A"))!.values.fill(-Infinity, 64),
      /lora_A\.weight holds NaN or inf/,
    ],
  ];
  test.each(tensors)("refuses %s", async (_, change, message) => {
    const factors = factorsOf({ [Q0]: 5, [V0]: 5, [DOWN1]: 5 });
    change(factors);
    const dir = writeAdapter({ factors });
    await expect(openAdapter(dir, BASE)).rejects.toEqual(refusal(message));
    await expect(openAdapter(dir, BASE)).rejects.toEqual(refusal(/^\/.+adapter_model\.safetensors: .+; .+/s));
  });

  it("refuses a quantised factor", async () => {
    const dir = writeAdapter();
    const path = join(dir, "adapter_model.safetensors");
    const file = readFileSync(path).toString("latin1");
    writeFileSync(path, Buffer.from(file.replaceAll('"dtype":"F32"', '"dtype":"I32"'), "latin1"));
    await expect(openAdapter(dir, BASE)).rejects.toEqual(refusal(/is not F32, F16 or BF16/));
  });

  it("refuses a pickle and says how to make it readable", async () => {
    const dir = writeAdapter();
    renameSync(join(dir, "adapter_model.safetensors"), join(dir, "adapter_model.bin"));
    await expect(openAdapter(dir, BASE)).rejects.toEqual(
      refusal(/adapter_model\.bin: a pickle .+ convert it to adapter_model\.safetensors/),
    );
  });

  it("prefers safetensors where both lie in the folder", async () => {
    const dir = writeAdapter();
    writeFileSync(join(dir, "adapter_model.bin"), "whatever");
    expect((await openAdapter(dir, BASE)).deltas.size).toBe(3);
  });

  it("says what is missing from a folder that holds no adapter", async () => {
    const dir = writeAdapter();
    rmSync(join(dir, "adapter_model.safetensors"));
    await expect(openAdapter(dir, BASE)).rejects.toEqual(refusal(/adapter_model\.safetensors: is missing/));
    await expect(openAdapter(tempFolder(), BASE)).rejects.toEqual(
      refusal(/adapter_config\.json: cannot be read/),
    );
  });

  test.each([
    ["that is not JSON", "{"],
    ["that is a list", "[]"],
    ["of more than a megabyte", JSON.stringify({ peft_type: "LORA", note: "x".repeat(1024 * 1024) })],
  ])("refuses a configuration %s", async (_, text) => {
    const dir = writeAdapter();
    writeFileSync(join(dir, "adapter_config.json"), text);
    await expect(openAdapter(dir, BASE)).rejects.toEqual(
      refusal(/adapter_config\.json: (cannot be read|is not)/),
    );
  });

  it("refuses a file that ends early", async () => {
    const dir = writeAdapter();
    const path = join(dir, "adapter_model.safetensors");
    writeFileSync(path, readFileSync(path).subarray(0, -4));
    await expect(openAdapter(dir, BASE)).rejects.toEqual(refusal(/past the end of the file/));
  });

  it("calls the base unknown where the configuration does", async () => {
    const dir = writeAdapter({ config: { base_model_name_or_path: null } });
    expect((await openAdapter(dir, BASE)).baseRepository).toBeNull();
  });
});

function rename(factors: Factors, from: string, to: string): void {
  for (const [name, one] of [...factors])
    if (name.includes(from)) {
      factors.delete(name);
      factors.set(name.replace(from, to), one);
    }
}
