import type { TensorPlace } from "../tensor-place.js";

/** What LoRA adds to one matrix `[out, in]` of the base: `scale * (b @ a)`. */
export interface LoraDelta {
  readonly rank: number;
  /** `alpha / rank`, or `alpha / sqrt(rank)` where the adapter is rank-stabilised. */
  readonly scale: number;
  /** `[rank, in]` */
  readonly a: TensorPlace;
  /** `[out, rank]` */
  readonly b: TensorPlace;
}

/** A LoRA adapter that was checked against its base, tensor by tensor. Plain data, nothing is open. */
export interface Adapter {
  /** Absolute path. */
  readonly dir: string;
  /** What its configuration says it was trained on; often a local path, and not checked. */
  readonly baseRepository: string | null;
  /** By name of the base's tensor, such as `model.layers.0.self_attn.q_proj.weight`. */
  readonly deltas: ReadonlyMap<string, LoraDelta>;
}
