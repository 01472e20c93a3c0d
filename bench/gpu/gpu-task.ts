import type { FloatType } from "../../convert/tensor.js";
import type { ModelGeometry } from "../../model/index.js";
import type { PackedPlan } from "./packed-plan.js";

/** Execution providers that compute on a card, by the runtime's names. */
export const PROVIDERS = ["webgpu", "cuda"] as const;
export type GpuProvider = (typeof PROVIDERS)[number];

/** Nodes of a graph that one provider ran, by operator. */
export interface PlacedNodes {
  /** The runtime's name, such as `WebGpuExecutionProvider`. */
  readonly provider: string;
  readonly op: string;
  readonly nodes: number;
}

export type PeakType = Extract<FloatType, "F16" | "F32">;
/** Square matrices multiplied one after another. */
export interface ChainSize {
  /** Rows and columns. */
  readonly width: number;
  readonly products: number;
}

/** What a process of its own is asked to do with the runtime. */
export type GpuTask =
  | { readonly kind: "probe"; readonly provider: GpuProvider }
  | {
      readonly kind: "peak";
      readonly provider: GpuProvider;
      readonly type: PeakType;
      readonly size: ChainSize;
    }
  | {
      readonly kind: "plans";
      readonly provider: GpuProvider | "cpu";
      readonly modelDir: string;
      readonly plans: readonly PackedPlan[];
      /** Timed ones; as many go before as warm-up, two at most. */
      readonly runs: number;
    };

export interface ProbeAnswer {
  readonly placed: readonly PlacedNodes[];
}

export interface PeakAnswer {
  readonly perSecond: number;
}

export interface PlanAnswer {
  /** Of every timed run. */
  readonly ms: readonly number[];
  /** [R][V], one row for each sequence. */
  readonly logits: readonly (readonly number[])[];
}

export interface PlansAnswer {
  readonly geometry: ModelGeometry;
  readonly plans: readonly PlanAnswer[];
  readonly placed: readonly PlacedNodes[];
}
