import type { ErrorCode } from "../base/index.js";
import type { ModelGeometry } from "../model/index.js";
import type { RunPlan } from "./plan-runs.js";
import type { ActivationPeaks } from "./smooth-layer.js";

export type LayerShape = Pick<ModelGeometry, "hiddenSize" | "kvHeads" | "headDim">;

/** What the layer process is asked, one thing at a time. */
export type Ask =
  /** Makes room for both streams of hidden states. */
  | {
      readonly kind: "begin";
      readonly plan: Omit<RunPlan, "tokens">;
      readonly rows: number;
      readonly shape: LayerShape;
      readonly threads: number;
    }
  /** float32 [.., hidden]: embeddings of the tokens from a row on, for both streams. */
  | { readonly kind: "embed"; readonly fromRow: number; readonly hidden: Float32Array }
  /** Takes the exact stream through a layer. */
  | { readonly kind: "exact"; readonly graphPath: string; readonly probe: boolean }
  /** Takes the rounded stream through the same layer in another format. */
  | { readonly kind: "rounded"; readonly graphPath: string }
  /** Hands out the hidden states of every measured prompt's last token. */
  | { readonly kind: "last" };

export interface Answers {
  readonly begin: null;
  readonly embed: null;
  /** Null unless probed. */
  readonly exact: ActivationPeaks | null;
  /** The layer's hiddenError. */
  readonly rounded: number;
  /** float32 [prompts, hidden] each. */
  readonly last: { readonly exact: Float32Array; readonly rounded: Float32Array };
}

export type FromLayerProcess =
  | { readonly type: "answer"; readonly value: Answers[Ask["kind"]] }
  | { readonly type: "refusal"; readonly error: { readonly code: ErrorCode; readonly message: string } }
  /** After every run. */
  | { readonly type: "ran"; readonly tokens: number };
