import type { ModelGeometry } from "../model/index.js";
import type { LoraDelta } from "./adapter/adapter.js";
import { layerTensor, type Checkpoint } from "./checkpoint.js";
import { reciprocals, spreadOverGroup, type LayerSmoothing, type Site } from "./smoothing.js";
import type { MatrixPart, MatrixSource } from "./weights/matrix-source.js";

/** What a decoder's weights are made of: a checkpoint, an adapter merged into it, and smoothing. */
export interface DecoderWeights {
  readonly geometry: ModelGeometry;
  /** A tensor as the model uses it. */
  tensor(name: string): MatrixSource;
  /** Scales of the normalisation in front of a product. */
  norm(layer: number, part: "input_layernorm" | "post_attention_layernorm"): MatrixSource;
  /** The matrices that read a site, under one another. */
  product(layer: number, site: Site): MatrixSource;
}

/** Which matrices read a site. */
const READERS: Readonly<Record<Site, readonly string[]>> = {
  attentionIn: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  attentionOut: ["self_attn.o_proj"],
  mlpIn: ["mlp.gate_proj", "mlp.up_proj"],
  mlpDown: ["mlp.down_proj"],
};

/** Which matrix makes the channels of a site; the other two sites are made by normalisations. */
const MAKERS: Readonly<Record<string, Site>> = {
  "self_attn.v_proj": "attentionOut",
  "mlp.up_proj": "mlpDown",
};
const NORMS = { input_layernorm: "attentionIn", post_attention_layernorm: "mlpIn" } as const;

/**
 * @param smoothing by layer; without it weights stay as they are
 */
export function decoderWeights(
  { geometry, tensors }: Pick<Checkpoint, "geometry" | "tensors">,
  deltas: ReadonlyMap<string, LoraDelta> = new Map(),
  smoothing: (layer: number) => LayerSmoothing | undefined = () => undefined,
): DecoderWeights {
  function partOf(name: string): MatrixPart {
    const delta = deltas.get(name);
    return { place: tensors.get(name)!, ...(delta === undefined ? {} : { delta }) };
  }

  const columnsOf = ({ place }: MatrixPart): number => place.shape.at(-1)!;

  return {
    geometry,
    tensor(name) {
      const part = partOf(name);
      return { parts: [part], columns: columnsOf(part) };
    },
    norm(layer, part) {
      const source = this.tensor(layerTensor(layer, part));
      const divisors = smoothing(layer)?.[NORMS[part]];
      return divisors === undefined ? source : { ...source, columnFactors: reciprocals(divisors) };
    },
    product(layer, site) {
      const divisors = smoothing(layer);
      const parts = READERS[site].map((name): MatrixPart => {
        const made = MAKERS[name];
        const part = partOf(layerTensor(layer, name));
        if (made === undefined || divisors === undefined) return part;
        return { ...part, rowFactors: reciprocals(divisors[made]) };
      });
      const source = { parts, columns: columnsOf(parts[0]!) };
      if (divisors === undefined) return source;
      const columnFactors =
        site === "attentionOut" ? spreadOverGroup(divisors[site], geometry) : divisors[site];
      return { ...source, columnFactors };
    },
  };
}
