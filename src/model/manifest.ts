import type { ModelGeometry } from "./geometry.js";

/** How weights are stored and multiplied. */
export type WeightFormat = "fp32" | "fp16" | "int8" | "int4";

/** Which tokens the last layer can score: all of them, or only the rows a verdict can use, in this order. */
export type ModelHead =
  { readonly kind: "full" } | { readonly kind: "rows"; readonly tokenIds: readonly number[] };

export interface ManifestFile {
  /** Relative to the model folder, no `..`, `/` as separator. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** What rounding the weights did to a model, as far as it was measured while converting. */
export interface QuantizationReport {
  /** Norm of what was rounded away over the norm of the weights, 0..1. */
  readonly weightError: number;
  /** The product that lost most. */
  readonly worstWeight: { readonly name: string; readonly error: number };
  /** How activation channels were smoothed, or null. `alpha` 0..1: the share of the burden that weights carry. */
  readonly smoothing: { readonly alpha: number } | null;
  /** What the model was run on to learn its channels and to compare, or null. */
  readonly calibration: {
    readonly set: string;
    /** Lower-case hex SHA-256 of the set. */
    readonly sha256: string;
    readonly prompts: number;
    readonly tokens: number;
  } | null;
  /** This format against float32, over prompts that smoothing did not see; or null. */
  readonly agreement: {
    readonly prompts: number;
    /** Root mean square of the difference over that of the centred logits. */
    readonly logitError: number;
    /** Differences of P(unsafe), 0..1. */
    readonly unsafeShiftMean: number;
    readonly unsafeShiftP95: number;
    readonly unsafeShiftMax: number;
    /** Verdicts that changed sides at 0.5. */
    readonly flips: number;
  } | null;
}

/** `manifest.json` of a model folder: what the model is, and the digest of every file it is made of. */
export interface ModelManifest {
  readonly schemaVersion: 2;
  /** Name callers see, such as `llama-guard-2-8b` or `portcullis-starter-guard`. */
  readonly id: string;
  readonly task: "guard" | "generator";
  /** One sentence that every place showing the model repeats: what it is, or what it is not. */
  readonly notice: string;
  /** Prompt template the model was trained with; policies may name another. */
  readonly template: string;
  readonly geometry: ModelGeometry;
  readonly graph: { readonly path: string; readonly format: WeightFormat };
  readonly tokenizer: { readonly path: string; readonly configPath: string };
  readonly head: ModelHead;
  /** Tokens that end an answer; Llama Guard 2: 128001 and 128009. */
  readonly endTokenIds: readonly number[];
  /** What it was made from. */
  readonly source: {
    readonly repository: string;
    readonly revision: string;
    /** The files that were read, weights included. */
    readonly files: readonly ManifestFile[];
  };
  /** LoRA adapter merged into the weights, or null. */
  readonly adapter: {
    /** Of its folder. */
    readonly name: string;
    /** What it says it was trained on, often a local path; null where it says nothing usable. */
    readonly base: string | null;
    readonly files: readonly ManifestFile[];
  } | null;
  /** Null where weights keep their float type. */
  readonly quantization: QuantizationReport | null;
  readonly converter: { readonly version: string };
  /** Every file of the folder except manifest.json itself. */
  readonly files: readonly ManifestFile[];
}

/** A model folder whose manifest was read and whose files were checked. */
export interface ModelFolder {
  /** Absolute path. */
  readonly dir: string;
  readonly manifest: ModelManifest;
  /** SHA-256 of manifest.json, which in turn holds the digest of every file: the identity of the model. */
  readonly sha256: string;
}
