import { InferenceSession, Tensor } from "onnxruntime-node";
import { GuardError } from "../../base/index.js";
import {
  GRAPH_INPUT,
  GRAPH_OUTPUT,
  newKeyName,
  newValueName,
  pastKeyName,
  pastValueName,
  type ModelGeometry,
} from "../../model/index.js";
import type { KvRows } from "../kv-rows.js";
import type { GraphAnswer, GraphRun, Session } from "./graph-run.js";

export interface SessionOptions {
  /** Absolute path of the .onnx file; its external data lie beside it. */
  readonly graphPath: string;
  readonly geometry: Pick<ModelGeometry, "layers" | "kvHeads" | "headDim">;
  readonly threads: number;
}

type Feeds = Record<string, Tensor>;

/**
 * Loads a graph. The only place that touches the native runtime: creating and running both block the thread.
 * @throws GuardError `bad_model_file` when the runtime refuses the graph
 */
export async function openSession({ graphPath, geometry, threads }: SessionOptions): Promise<Session> {
  const native = await InferenceSession.create(graphPath, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    // Threads that spin between operators take the core that HTTP and tokenising need: the same answers of a
    // small model cost 1.5 times the CPU time when packed, 2.4 times one by one.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  }).catch((cause: unknown) => {
    throw new GuardError("bad_model_file", `${graphPath} cannot be loaded by the runtime`, { cause });
  });
  const layers = Array.from({ length: geometry.layers }, (_, layer) => layer);
  const wanted = [
    GRAPH_OUTPUT.logits,
    ...layers.flatMap((layer) => [newKeyName(layer), newValueName(layer)]),
  ];
  const pastFeeds = new WeakMap<KvRows, Feeds>();

  function feedsOfPast(past: KvRows): Feeds {
    const known = pastFeeds.get(past);
    if (known !== undefined) return known;
    const shape = [1, geometry.kvHeads, past.capacityTokens, geometry.headDim];
    const feeds: Feeds = {};
    for (const layer of layers) {
      feeds[pastKeyName(layer)] = new Tensor("float32", past.keys[layer]!, shape);
      feeds[pastValueName(layer)] = new Tensor("float32", past.values[layer]!, shape);
    }
    pastFeeds.set(past, feeds);
    return feeds;
  }

  return {
    async run({ ids, positions, bias, reads, past, pastTokens }: GraphRun): Promise<GraphAnswer> {
      const newTokens = ids.length;
      const total = pastTokens + newTokens;
      const outputs = await native.run(
        {
          ...feedsOfPast(past),
          [GRAPH_INPUT.inputIds]: new Tensor("int64", ids, [1, newTokens]),
          [GRAPH_INPUT.positionIds]: new Tensor("int64", positions, [1, newTokens]),
          [GRAPH_INPUT.attentionBias]: new Tensor("float32", bias, [1, 1, newTokens, total]),
          [GRAPH_INPUT.seqlensK]: new Tensor("int32", Int32Array.of(total - 1), [1]),
          [GRAPH_INPUT.totalSequenceLength]: new Tensor("int32", Int32Array.of(total), []),
          [GRAPH_INPUT.readPositions]: new Tensor("int64", reads, [reads.length]),
        },
        wanted,
      );
      const floats = (name: string): Float32Array => outputs[name]!.data as Float32Array;
      return {
        logits: floats(GRAPH_OUTPUT.logits),
        kv: {
          capacityTokens: newTokens,
          keys: layers.map((layer) => floats(newKeyName(layer))),
          values: layers.map((layer) => floats(newValueName(layer))),
        },
      };
    },
  };
}
