import { join } from "node:path";
import { convertCheckpoint } from "../../convert/index.js";
import { writeSmallCheckpoint } from "../full-size/small-vocabulary.js";
import type { Shape } from "../full-size/synthetic-checkpoint.js";

export type GuardFormat = "fp32" | "fp16" | "int4";

export interface Guards {
  readonly folder: (format: GuardFormat) => string;
  /** Columns of the logits. */
  readonly columns: { readonly safe: number; readonly unsafe: number };
}

/** One guard of seeded noise in several formats, all from the same checkpoint. */
export async function makeGuards(
  dir: string,
  shape: Shape,
  formats: readonly GuardFormat[],
  seed: number,
): Promise<Guards> {
  const checkpoint = join(dir, "checkpoint");
  const verdictTokens = writeSmallCheckpoint(checkpoint, shape, seed);
  const folder = (format: GuardFormat): string => join(dir, format);
  let columns: number[] = [];
  for (const format of formats) {
    const { head } = await convertCheckpoint({
      ...{ sourceDir: checkpoint, outDir: folder(format), format, task: "guard", head: "guard" },
      ...{ id: "measured", notice: "For measurements.", template: "llama-guard-2" },
      ...{ repository: "synthetic", revision: "1" },
    });
    if (head.kind === "rows") columns = verdictTokens.map((token) => head.tokenIds.indexOf(token));
  }
  return { folder, columns: { safe: columns[0]!, unsafe: columns[1]! } };
}
