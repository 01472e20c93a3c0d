import type { Models, WantedForms } from "./make-models.js";
import type { PeerSetup } from "./peer.js";

/** A peer with one format, as a column of the table. */
export interface Contender {
  readonly name: string;
  /** Whose it is. */
  readonly family: "Portcullis" | "llama.cpp" | "transformers.js" | "Portcullis generator";
  /** Share of the messages it gets, 0..1, spread over all lengths: slow ones would take all the time there is. */
  readonly part: number;
  /** As stored, scales included. */
  readonly bitsPerWeight: number;
  readonly setup: PeerSetup;
}

/** Most questions that wait at once. */
export const AT_ONCE = 16;
/** Tokens that a sequence of llama.cpp has room for: the longest prompt has some 1,900. */
const CONTEXT_TOKENS = 2048;

export const FORMS: Readonly<Record<"full" | "short" | "starter", WantedForms>> = {
  full: {
    ...{ guards: ["int8", "int4"], generator: true },
    ...{ ggufs: ["Q4_0", "Q8_0"], standards: ["q8", "fp32"] },
  },
  short: { guards: ["int8"], generator: false, ggufs: ["Q4_0", "Q8_0"], standards: [] },
  starter: { guards: ["fp32"], generator: false, ggufs: ["Q8_0", "F32"], standards: ["q8", "fp32"] },
};

const BITS: Readonly<Record<"int8" | "int4" | "fp32" | "Q4_0" | "Q8_0" | "F32" | "q8", number>> = {
  ...{ int8: 8, int4: 5, fp32: 32 }, // int4 has a float32 scale for every 32 weights
  ...{ Q4_0: 4.5, Q8_0: 8.5, F32: 32 },
  q8: 8,
};

/** Contenders in the order in which each round asks them, ours first. */
export function contenders(forms: WantedForms, models: Models, threads: number): Contender[] {
  const guards = forms.guards.map((format): Contender => ({
    ...{ name: `Portcullis ${format}`, family: "Portcullis", part: format === "int4" ? 1 / 8 : 1 },
    bitsPerWeight: BITS[format],
    setup: { kind: "portcullis-guard", path: models.guard(format), threads },
  }));
  const ggufs = forms.ggufs.map((format): Contender => ({
    ...{ name: `llama.cpp ${format}`, family: "llama.cpp", part: 1 },
    bitsPerWeight: BITS[format],
    setup: {
      ...{ kind: "llama-cpp", path: models.gguf(format), threads },
      ...{ atOnce: AT_ONCE, contextTokens: CONTEXT_TOKENS },
    },
  }));
  const standards = forms.standards.flatMap((dtype) =>
    [true, false].map((reuseHead): Contender => ({
      name: `transformers.js ${dtype}, ${reuseHead ? "head handed in" : "whole prompt"}`,
      ...{ family: "transformers.js", part: dtype === "q8" ? 1 / 8 : 1 / 16 },
      bitsPerWeight: BITS[dtype],
      setup: { kind: "transformers", path: models.standard, threads, dtype, reuseHead },
    })),
  );
  const generator: Contender = {
    ...{ name: "Portcullis int4 generator", family: "Portcullis generator", part: 0 },
    bitsPerWeight: BITS.int4,
    setup: { kind: "portcullis-generator", path: models.generator, threads },
  };
  return [...guards, ...ggufs, ...standards, ...(forms.generator ? [generator] : [])];
}
