import type { ModelManifest } from "../model/index.js";
import { formatBytes } from "./format-bytes.js";

/**
 * What a finished conversion tells: size, what the format cost, how to serve it.
 * @param name what `--guard` takes
 */
export function describeModel(manifest: ModelManifest, dir: string, name: string): string {
  const { id, graph, quantization, task } = manifest;
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const lines = [`${dir}: ${id}, ${graph.format}, ${formatBytes(bytes)}`];
  if (quantization !== null) {
    const { weightError, worstWeight, agreement } = quantization;
    lines.push(
      `Rounding changed the weights by ${percent(weightError)}, most in ${worstWeight.name} (${percent(worstWeight.error)}).`,
    );
    if (agreement !== null)
      lines.push(
        `Against float32 on ${String(agreement.prompts)} prompts: P(unsafe) moved ${agreement.unsafeShiftMean.toFixed(4)} on ` +
          `average, ${agreement.unsafeShiftMax.toFixed(4)} at most; verdicts changed: ${String(agreement.flips)}.`,
      );
  }
  if (task === "guard") lines.push(`Serve it: portcullis serve --guard ${name}`);
  return `${lines.join("\n")}\n`;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
