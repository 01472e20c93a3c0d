import { renderInput } from "../../src/engine/render-input.js";
import type { GenerationRequest, Sampling } from "../../src/generation/index.js";
import { createTokenizer } from "../../src/tokenizer/index.js";
import { referenceForward } from "../fixtures/reference-forward.js";
import type { TinyCheckpoint } from "../fixtures/tiny-checkpoint.js";
import { tinyTokenizer } from "../fixtures/tiny-tokenizer.js";

interface OracleToken {
  readonly token: number;
  readonly name: string;
  readonly bytes: number[] | null;
  /** By token: log-softmax of what the model says, without penalties. */
  readonly logprobs: number[];
}

/** Writes in float64, one token at a time, everything computed again for each; temperature 0, ends nowhere. */
export function createGeneratorOracle(checkpoint: TinyCheckpoint) {
  const { tokenizerJson } = tinyTokenizer();
  const tokenizer = createTokenizer(tokenizerJson);
  const { vocab } = (tokenizerJson as { model: { vocab: Record<string, number> } }).model;
  // The byte-level alphabet spells most bytes as themselves; the others follow from U+0100 on, in order.
  const printable = (byte: number): boolean =>
    (byte > 32 && byte < 127) || (byte > 160 && byte < 256 && byte !== 173);
  const unprintable = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !printable(byte));
  const spelledBytes = (token: number): number[] =>
    [...(Object.entries(vocab).find(([, id]) => id === token)?.[0] ?? "")].map((character) => {
      const code = character.codePointAt(0)!;
      return code < 256 ? code : unprintable[code - 256]!;
    });

  return {
    write(input: GenerationRequest["input"], sampling: Sampling) {
      const prompt = tokenizer.encode(renderInput(input));
      const said: number[] = [];
      const tokens: OracleToken[] = [];
      while (said.length < sampling.maxTokens) {
        const logits = referenceForward(checkpoint, [...prompt, ...said]).logits.at(-1)!;
        const scores = logits.map((logit, token) => {
          const count = said.filter((one) => one === token).length;
          return logit - (count > 0 ? sampling.presencePenalty : 0) - count * sampling.frequencyPenalty;
        });
        const token = scores.indexOf(Math.max(...scores));
        const logTotal = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
        const isControl = tokenizer.isControl(token);
        const bytes = isControl ? null : spelledBytes(token);
        said.push(token);
        tokens.push({
          ...{ token, bytes, logprobs: logits.map((logit) => logit - logTotal) },
          name: bytes === null ? tokenizer.decode([token]) : Buffer.from(bytes).toString(),
        });
      }
      return { promptTokens: prompt.length, tokens };
    },
  };
}
