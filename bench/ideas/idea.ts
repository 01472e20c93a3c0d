import type { InferenceSession } from "onnxruntime-node";
import type { StepSize } from "../limits/graph-feeds.js";
import type { ProfiledPart } from "../limits/kernel-times.js";
import type { GraphRecipe } from "./graphs/graph-recipe.js";

export type SessionOptions = InferenceSession.SessionOptions;

/** `starter`: the starter guard's checkpoint. `chat`: the starter generator as it ships. `8B`: two layers of that shape, of noise. */
export type ModelName = "starter" | "chat" | "8B";

/** One way to do it. The variants of an idea differ in one thing. */
export interface Variant {
  readonly name: string;
  /** Of a checkpoint; the idea's own graph unless given. */
  readonly graph?: GraphRecipe;
  /** Those of the whole command unless given. */
  readonly threads?: number;
  /** Session options, made from those that the product takes. */
  readonly options?: (product: SessionOptions) => SessionOptions;
  /** Added to the environment of the process. */
  readonly env?: Readonly<Record<string, string>>;
  /** New tokens are computed in steps of so many; all at once unless given. */
  readonly stepTokens?: number;
}

/** What is run and timed. */
export interface TimedCase {
  readonly model: ModelName;
  readonly size: StepSize;
  /** Rest between runs, whose processor time counts: threads may stay awake in it. */
  readonly pauseMs?: number;
}

/** Steps of different sizes, one after another in a process of its own, whose memory is read at the end. */
export interface MemoryCase {
  readonly model: ModelName;
  readonly sizes: readonly StepSize[];
}

/** Something that might have made Portcullis faster or smaller. */
export interface Idea {
  readonly name: string;
  readonly what: string;
  /** Written before it was measured. */
  readonly expected: string;
  /** Done or not, and why. */
  readonly decision: string;
  readonly graph?: GraphRecipe;
  /** What was first, what was tried last. */
  readonly variants: readonly [Variant, Variant, ...Variant[]];
  readonly timed: readonly TimedCase[];
  readonly memory?: readonly MemoryCase[];
  /** The part of a run that the idea is about, or all of it: its operators are timed by the runtime's profiler. */
  readonly operators?: ProfiledPart | "all";
  /** Whether numbers may change, and are compared at all positions of a step of the starter guard. */
  readonly comparesLogits?: boolean;
}
