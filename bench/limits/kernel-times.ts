import { LAYER_PARTS, type LayerPart } from "./operations.js";

/** Between products and attention: norms, rounding of activations, gates, copies. */
export type ProfiledPart = LayerPart | "elementwise";
export const PROFILED_PARTS: readonly ProfiledPart[] = [...LAYER_PARTS, "elementwise"];

/** One run of one operator. */
export interface KernelTime {
  /** That of the operator's first output. */
  readonly name: string;
  readonly op: string;
  readonly ms: number;
}

interface ProfileEvent {
  readonly cat?: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur?: number;
  readonly args?: { readonly op_name?: string };
}

const SUFFIX = "_kernel_time";

/** @param json a profile as ONNX Runtime writes it */
export const kernelTimes = (json: string): KernelTime[] =>
  (JSON.parse(json) as ProfileEvent[])
    .filter(({ cat, name }) => cat === "Node" && name.endsWith(SUFFIX))
    .map(({ name, dur = 0, args }) => ({
      ...{ name: name.slice(0, -SUFFIX.length), op: args?.op_name ?? "", ms: dur / 1000 },
    }));

const PRODUCTS = /^(MatMul|Gemm|DynamicQuantizeMatMul)/;
/** Attention that reads the past in place, and what prepares its mask. */
const DIRECT_ATTENTION = /\.attention\.|^(read|all)\.(bias|open)/;
const PART_OF_NAME: readonly (readonly [RegExp, LayerPart])[] = [
  [/\.(qkv|queries|kv)(\.|$)/, "qkv"], // the last layer asks with fewer rows than it has keys
  [/\.attention_out/, "attention out"],
  [/\.mlp\.gate_up/, "gate and up"],
  [/\.mlp\.down/, "down"],
];

export function partOf({ name, op }: Pick<KernelTime, "name" | "op">): ProfiledPart {
  if (op === "GroupQueryAttention" || DIRECT_ATTENTION.test(name)) return "attention";
  const found = PRODUCTS.test(op) ? PART_OF_NAME.find(([pattern]) => pattern.test(name)) : undefined;
  return found?.[1] ?? "elementwise";
}
