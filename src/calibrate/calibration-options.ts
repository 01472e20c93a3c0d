import type { Adapter, Checkpoint, LayerSmoothing } from "../convert/index.js";
import type { Agreement } from "./agreement.js";

/** One prompt, as token ids. */
export interface CalibrationPrompt {
  /** What many prompts begin with, such as a policy's head; equal heads are computed once. */
  readonly head: readonly number[];
  /** What is the prompt's own; at least one token. */
  readonly rest: readonly number[];
}

export interface CalibrationOptions {
  readonly checkpoint: Checkpoint;
  /** Of an adapter that is merged on the way. */
  readonly deltas?: Adapter["deltas"] | undefined;
  /** The format whose cost is measured, and which is smoothed. */
  readonly format: "int8" | "int4" | "fp16";
  readonly prompts: readonly CalibrationPrompt[];
  /** Token ids of the two words, or null for a model that gives no verdicts. */
  readonly verdict: { readonly safe: number; readonly unsafe: number } | null;
  readonly smooth: boolean;
  /** How much of the activations' unevenness the weights take over, 0..1. */
  readonly alpha?: number;
  /**
   * Share of the prompts, 0..0.5, that only serve to measure. With 0, or a single prompt, the cost is measured
   * on the prompts that the smoothing has seen.
   */
  readonly heldOut?: number;
  /** Threads of one matrix product. */
  readonly threads: number;
  /** Where the graphs of one layer at a time are put, about 0.9 GB at 8B; gone again at the end. */
  readonly workDir: string;
  readonly signal?: AbortSignal | undefined;
  /** Tokens that went through a layer, of all that will. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface CalibrationResult {
  /** By layer; null when not asked for. */
  readonly smoothing: readonly LayerSmoothing[] | null;
  /** Null without a verdict. */
  readonly agreement: Agreement | null;
  readonly layers: readonly {
    /** Root mean square of what the format changed in the residual stream behind this layer, relative to it. */
    readonly hiddenError: number;
  }[];
  /** Tokens of all prompts that were used, shared heads counted once. */
  readonly tokens: number;
}
