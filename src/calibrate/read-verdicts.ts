import { FINAL_NORM, headTensor, readTensorRows, type Checkpoint } from "../convert/index.js";
import type { VerdictLogits } from "./agreement.js";

/**
 * The last step of a model, in float64: normalises hidden states behind the last layer and scores two words.
 * @param hidden float32 [prompts, hidden]
 */
export function readVerdicts(
  checkpoint: Checkpoint,
  verdict: { readonly safe: number; readonly unsafe: number },
  hidden: Float32Array,
): VerdictLogits[] {
  const { hiddenSize, rmsNormEps } = checkpoint.geometry;
  const scale = readTensorRows(checkpoint, FINAL_NORM, [0]);
  const rows = readTensorRows(checkpoint, headTensor(checkpoint), [verdict.safe, verdict.unsafe]);
  const prompts = Array.from({ length: hidden.length / hiddenSize }, (_, i) =>
    hidden.subarray(i * hiddenSize, (i + 1) * hiddenSize),
  );
  return prompts.map((state) => {
    let [squares, safe, unsafe] = [0, 0, 0];
    for (let i = 0; i < hiddenSize; i++) {
      const scaled = state[i]! * scale[i]!;
      squares += state[i]! ** 2;
      safe += scaled * rows[i]!;
      unsafe += scaled * rows[hiddenSize + i]!;
    }
    const size = Math.sqrt(squares / hiddenSize + rmsNormEps);
    return { safe: safe / size, unsafe: unsafe / size };
  });
}
