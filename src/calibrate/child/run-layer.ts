import { LAYER_IO, SITES, type Site } from "../../convert/index.js";
import {
  GRAPH_INPUT,
  MASKED,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
} from "../../model/index.js";
import { Tensor, type Feeds, type Graph } from "../../runtime/index.js";
import type { Run, RunPlan } from "../plan-runs.js";
import type { LayerShape } from "../protocol.js";
import type { ActivationPeaks } from "../smooth-layer.js";
import { createKeptRows, type KeptRows } from "./kept-rows.js";

export interface LayerPass {
  readonly graph: Graph;
  readonly plan: Pick<RunPlan, "runs" | "keptTokens">;
  readonly shape: LayerShape;
  /** float32 [rows, hidden]: in front of the layer, and behind it once the pass is over. */
  readonly stream: Float32Array;
  /** Whether the graph has outputs for peaks. */
  readonly probe: boolean;
  readonly onRan: (tokens: number) => void;
}

/**
 * Takes a stream of hidden states through one layer, run by run; runs beyond the end of the stream are left out.
 * @returns peaks over the probed runs, or null
 */
export async function runLayer(pass: LayerPass): Promise<ActivationPeaks | null> {
  const { graph, plan, shape, stream, onRan } = pass;
  const width = shape.hiddenSize;
  const kept = plan.keptTokens.map((tokens) => createKeptRows(shape, tokens));
  let peaks: Record<Site, Float32Array> | null = null;
  for (const run of plan.runs) {
    const tokens = run.lengths.reduce((sum, length) => sum + length, 0);
    const rows = stream.subarray(run.fromRow * width, (run.fromRow + tokens) * width);
    if (rows.length === 0) break;
    const own = kept[run.head]!;
    const probed = pass.probe && run.probed;
    const fetches = [LAYER_IO.hiddenOut, newKeyName(0), newValueName(0)];
    if (probed) fetches.push(...SITES.map(LAYER_IO.peak));
    const outputs = await graph.run(feedsOf(run, tokens, rows, own, shape), fetches);
    rows.set(outputs[LAYER_IO.hiddenOut]!);
    if (run.keeps) own.put(run.pastTokens, outputs[newKeyName(0)]!, outputs[newValueName(0)]!);
    if (probed) {
      const ofRun = (site: Site): Float32Array => outputs[LAYER_IO.peak(site)]!;
      peaks = Object.fromEntries(SITES.map((site) => [site, larger(peaks?.[site], ofRun(site))])) as Record<
        Site,
        Float32Array
      >;
    }
    onRan(tokens);
  }
  return peaks;
}

function feedsOf(run: Run, tokens: number, rows: Float32Array, kept: KeptRows, shape: LayerShape): Feeds {
  const total = run.pastTokens + tokens;
  const past = [1, shape.kvHeads, kept.capacityTokens, shape.headDim];
  return {
    [LAYER_IO.hiddenIn]: new Tensor("float32", rows, [1, tokens, shape.hiddenSize]),
    [GRAPH_INPUT.positionIds]: new Tensor("int64", positionsOf(run), [1, tokens]),
    [GRAPH_INPUT.attentionBias]: new Tensor("float32", biasOf(run, tokens), [1, 1, tokens, total]),
    [GRAPH_INPUT.seqlensK]: new Tensor("int32", Int32Array.of(total - 1), [1]),
    [GRAPH_INPUT.totalSequenceLength]: new Tensor("int32", Int32Array.of(total), []),
    [pastKeyName(0)]: new Tensor("float32", kept.keys, past),
    [pastValueName(0)]: new Tensor("float32", kept.values, past),
  };
}

/** Every sequence goes on where what it looks at ends. */
const positionsOf = ({ lengths, pastTokens }: Run): BigInt64Array =>
  BigInt64Array.from(
    lengths.flatMap((length) => Array.from({ length }, (_, index) => BigInt(pastTokens + index))),
  );

/**
 * float32 [tokens, pastTokens + tokens]: all see the past and their own sequence; that none sees what is behind
 * itself is the attention operator's doing.
 */
function biasOf({ lengths, pastTokens }: Run, tokens: number): Float32Array {
  const total = pastTokens + tokens;
  const bias = new Float32Array(tokens * total).fill(MASKED);
  let start = 0;
  for (const length of lengths) {
    for (let token = start; token < start + length; token++) {
      bias.fill(0, token * total, token * total + pastTokens);
      bias.fill(0, token * total + pastTokens + start, token * total + pastTokens + start + length);
    }
    start += length;
  }
  return bias;
}

function larger(known: Float32Array | undefined, found: Float32Array): Float32Array {
  return known === undefined ? found : known.map((peak, channel) => Math.max(peak, found[channel]!));
}
