import type { KvRows } from "../kv-rows.js";

/** Inputs of one run; see `model/graph-io.ts` for what each means to the graph. */
export interface GraphRun {
  /** int64 [S] */
  readonly ids: BigInt64Array;
  /** int64 [S] */
  readonly positions: BigInt64Array;
  /** float32 [S, pastTokens + S] */
  readonly bias: Float32Array;
  /** int64 [R] */
  readonly reads: BigInt64Array;
  readonly past: KvRows;
  /** Rows of `past` in use. */
  readonly pastTokens: number;
}

export interface GraphAnswer {
  /** float32 [R, V] */
  readonly logits: Float32Array;
  /** Rows of the S new tokens. */
  readonly kv: KvRows;
}

/** A loaded graph. */
export interface Session {
  /** Cannot be cancelled. Inputs may be reused once it has answered. */
  run(inputs: GraphRun): Promise<GraphAnswer>;
}
