import { copyFile, mkdir, rename, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { headTensor, openCheckpoint, type Checkpoint, EMBEDDING, FINAL_NORM } from "../../convert/index.js";
import { layerTensor } from "../../convert/checkpoint.js";
import { decoderWeights, type DecoderWeights } from "../../convert/decoder-weights.js";
import { castTo, exactType, floatLinear } from "../../convert/graph/float-linear.js";
import { GraphBuilder } from "../../convert/graph/graph-builder.js";
import { addInt8Weight } from "../../convert/graph/int8-linear.js";
import type { Linear } from "../../convert/graph/linear.js";
import { ropeTables } from "../../convert/graph/rope-tables.js";
import { encodeOnnx, ONNX_ELEMENT_TYPE } from "../../convert/onnx-file.js";
import { tensorOf } from "../../convert/tensor.js";
import { writeGraph } from "../../convert/write-graph.js";

/** Formats by the names of transformers.js. */
export type StandardFormat = "fp32" | "q8";
const SUFFIX = { fp32: "", q8: "_quantized" } as const;

const PAST = "past_tokens";
const integers = (...values: number[]) =>
  tensorOf("I64", [values.length], BigInt64Array.from(values, BigInt));

/**
 * Writes a checkpoint as the folder that transformers.js opens, with the graph that today's exports for it have:
 * `input_ids, attention_mask, position_ids, num_logits_to_keep, past_key_values.i.key/value` to `logits, present.i.key/value`,
 * the runtime's own attention and fused norms, and for `q8` dynamic quantisation (DynamicQuantizeLinear, MatMulInteger) of
 * every matrix, weights of 7 bits with a scale per output as ONNX Runtime advises for AVX2.
 */
export async function writeStandardOnnx(
  checkpointDir: string,
  dir: string,
  formats: readonly StandardFormat[],
): Promise<void> {
  const checkpoint = await openCheckpoint(checkpointDir);
  await mkdir(join(dir, "onnx"), { recursive: true });
  for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"])
    await copyFile(join(checkpointDir, name), join(dir, name));
  for (const format of formats) {
    const graph = buildGraph(checkpoint, format === "q8" ? dynamicLinear : floatLinear);
    const work = join(dir, format);
    await mkdir(work);
    await writeGraph(graph, work, { threads: availableParallelism() });
    const file = `model${SUFFIX[format]}.onnx`;
    await rename(join(work, "model.onnx.data"), join(dir, "onnx", `${file}_data`));
    await writeFile(join(dir, "onnx", file), encodeOnnx(graph, `${file}_data`));
  }
}

/** As `quantize_dynamic` of ONNX Runtime leaves a matrix product. */
const dynamicLinear: Linear = (graph, name, input, source) => {
  const part = (suffix: string): string => `${name}.${suffix}`;
  const { values, scales } = addInt8Weight(graph, name, source);
  // Products of the same input share its quantisation, as there.
  const [bytes, scale, zero] = [`${input}.bytes`, `${input}.scale`, `${input}.zero_point`];
  if (!graph.nodes.some(({ outputs }) => outputs.includes(bytes)))
    graph.nodeWith([bytes, scale, zero], "DynamicQuantizeLinear", [input]);
  const weightZero = graph.constant("weight_zero_point", tensorOf("I8", [], Int8Array.of(0)));
  const product = graph.node(part("product"), "MatMulInteger", [bytes, values, zero, weightZero]);
  const float = graph.node(part("float"), "Cast", [product], { to: { int: ONNX_ELEMENT_TYPE.F32 } });
  const factor = graph.node(part("factor"), "Mul", [scale, scales]);
  return graph.node(name, "Mul", [float, factor]);
};

function buildGraph(checkpoint: Checkpoint, linear: Linear): GraphBuilder {
  const { geometry } = checkpoint;
  const graph = new GraphBuilder();
  const weights = decoderWeights(checkpoint);
  const shared = declareInputs(graph, weights);
  const embedding = weights.tensor(EMBEDDING);
  const stored = exactType(embedding);
  const shape = [geometry.vocabSize, geometry.hiddenSize];
  const rows = graph.plainWeight("embedding", embedding, stored, shape);
  const embedded = castTo(graph, "F32", graph.node("embedded", "Gather", [rows, "input_ids"]), stored);

  let residual = embedded;
  let normed = graph.node(
    "first_norm",
    "SimplifiedLayerNormalization",
    [residual, normScale(graph, weights, layerTensor(0, "input_layernorm"))],
    { axis: { int: -1 }, epsilon: { float: geometry.rmsNormEps } },
  );
  const product = (layer: number, matrix: string, input: string): string =>
    linear(graph, `layers.${String(layer)}.${matrix}`, input, weights.tensor(layerTensor(layer, matrix)));
  const addAndNorm = (name: string, added: string, norm: string): void => {
    graph.nodeWith(
      [name, "", "", `${name}.sum`],
      "SkipSimplifiedLayerNormalization",
      [added, residual, normScale(graph, weights, norm)],
      { epsilon: { float: geometry.rmsNormEps } },
    );
    [normed, residual] = [name, `${name}.sum`];
  };

  for (let layer = 0; layer < geometry.layers; layer++) {
    const [q, k, v] = ["q", "k", "v"].map((name) => product(layer, `self_attn.${name}_proj`, normed));
    const [attended, past, present] = [
      `layers.${String(layer)}.attended`,
      `past_key_values.${String(layer)}`,
      `present.${String(layer)}`,
    ];
    graph.nodeWith(
      [attended, `${present}.key`, `${present}.value`],
      "GroupQueryAttention",
      [q!, k!, v!, `${past}.key`, `${past}.value`, ...shared, "position_ids"],
      {
        num_heads: { int: geometry.heads },
        kv_num_heads: { int: geometry.kvHeads },
        do_rotary: { int: 1 },
      },
    );
    const output = product(layer, "self_attn.o_proj", attended);
    addAndNorm(`layers.${String(layer)}.middle`, output, layerTensor(layer, "post_attention_layernorm"));
    const gate = product(layer, "mlp.gate_proj", normed);
    const up = product(layer, "mlp.up_proj", normed);
    const opened = graph.node(`${gate}.silu`, "QuickGelu", [gate], { alpha: { float: 1 } });
    const down = product(layer, "mlp.down_proj", graph.node(`${up}.gated`, "Mul", [opened, up]));
    const next = layer === geometry.layers - 1 ? FINAL_NORM : layerTensor(layer + 1, "input_layernorm");
    addAndNorm(`layers.${String(layer)}.end`, down, next);
  }
  const logits = linear(graph, "lm_head", lastRows(graph, normed), weights.tensor(headTensor(checkpoint)));
  graph.node("logits", "Identity", [logits]);
  return graph;
}

/** @returns the inputs of attention behind the past: lengths of keys and tables of the rotation */
function declareInputs(graph: GraphBuilder, { geometry }: DecoderWeights): string[] {
  const { layers, kvHeads, headDim, vocabSize } = geometry;
  graph.input("input_ids", "I64", ["batch_size", "S"]);
  graph.input("attention_mask", "I64", ["batch_size", "T"]);
  graph.input("position_ids", "I64", ["batch_size", "S"]);
  graph.input("num_logits_to_keep", "I64", []);
  graph.output("logits", "F32", ["batch_size", "kept", vocabSize]);
  for (let layer = 0; layer < layers; layer++)
    for (const which of ["key", "value"]) {
      graph.input(`past_key_values.${String(layer)}.${which}`, "F32", ["batch_size", kvHeads, PAST, headDim]);
      graph.output(`present.${String(layer)}.${which}`, "F32", ["batch_size", kvHeads, "T", headDim]);
    }
  const [i32, axis] = [{ to: { int: ONNX_ELEMENT_TYPE.I32 } }, graph.constant("axis_1", integers(1))];
  const seen = graph.node("seen", "ReduceSum", ["attention_mask", axis], { keepdims: { int: 0 } });
  const last = graph.node("last", "Sub", [seen, graph.constant("one", integers(1))]);
  const total = graph.node("total.i64", "Shape", ["attention_mask"], { start: { int: 1 }, end: { int: 2 } });
  const none = graph.constant("no_dimensions", tensorOf("I64", [0], new BigInt64Array(0)));
  const { cos, sin } = ropeTables(geometry, "F32");
  return [
    graph.node("seqlens_k", "Cast", [last], i32),
    graph.node("total", "Cast", [graph.node("total.scalar", "Reshape", [total, none])], i32),
    graph.table("cos_cache", cos),
    graph.table("sin_cache", sin),
  ];
}

/** `x[:, -num_logits_to_keep:]`, where 0 keeps all. */
function lastRows(graph: GraphBuilder, normed: string): string {
  const shape = graph.constant("one_dimension", integers(1));
  const kept = graph.node("kept", "Reshape", ["num_logits_to_keep", shape]);
  const start = graph.node("kept.start", "Neg", [kept]);
  const end = graph.constant("to_the_end", integers(Number.MAX_SAFE_INTEGER));
  return graph.node("kept_rows", "Slice", [normed, start, end, graph.constant("axis_1", integers(1))]);
}

const normScale = (graph: GraphBuilder, weights: DecoderWeights, name: string): string =>
  graph.plainWeight(name, weights.tensor(name), "F32", [weights.geometry.hiddenSize]);
