import type { GraphBuilder } from "../../../convert/graph/graph-builder.js";
import type { Random } from "../../random.js";

/** The converter keeps to 7 bits. */
const MAX_INT8 = 63;
/** Standard deviation of such integers, and of those of 4 bits. */
const SPREAD = { int8: 36.4, int4: 4.6 };

/** How far from one another matrices may start in the noise that they share. */
const SLACK_BYTES = 1 << 20;

/**
 * Replaces the work of rounding weights by integers drawn at random, which is much quicker: what a product costs does not
 * depend on them. For checkpoints that are noise anyway.
 */
export function fillWithNoise(graph: GraphBuilder, random: Random): void {
  const kept: typeof graph.jobs = [];
  const largest = Math.max(...graph.jobs.map(({ target }) => target.values.bytes));
  const pools = new Map<"int8" | "int4", Uint8Array>();
  for (const job of graph.jobs) {
    const { kind } = job.target;
    if (kind !== "int8" && kind !== "int4") {
      kept.push(job);
      continue;
    }
    const { values, scales } = job.target;
    const pool = pools.get(kind) ?? noise(kind, largest + SLACK_BYTES, random);
    pools.set(kind, pool);
    const from = Math.floor(random() * SLACK_BYTES);
    graph.computed.push({ place: values, data: pool.subarray(from, from + values.bytes) });
    const scale = 1 / SPREAD[kind] / Math.sqrt(job.source.columns); // what goes in normalised comes out near 1
    const scaleOf = new Float32Array(scales.bytes / 4).fill(scale);
    graph.computed.push({ place: scales, data: new Uint8Array(scaleOf.buffer) });
  }
  graph.jobs.splice(0, graph.jobs.length, ...kept);
}

function noise(kind: "int8" | "int4", bytes: number, random: Random): Uint8Array {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  for (let i = 0; i < words.length; i++) words[i] = random() * 2 ** 32;
  const pool = new Uint8Array(words.buffer);
  if (kind === "int8")
    for (let i = 0; i < pool.length; i++) pool[i] = (pool[i]! % (2 * MAX_INT8 + 1)) - MAX_INT8;
  return pool;
}
