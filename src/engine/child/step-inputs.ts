import { MASKED } from "../../model/index.js";
import type { GraphRun } from "./graph-run.js";

/** A piece of one sequence in a step. */
export interface Piece {
  /** All tokens of the sequence; `from .. from + take` are computed. Positions are indices into it. */
  readonly tokens: readonly number[];
  readonly from: number;
  readonly take: number;
  /** Rows of the head, from the first, that this sequence looks at. */
  readonly headTokens: number;
  /** First of its own rows behind the head, and how many. */
  readonly attachedAt: number;
  readonly attached: number;
  /** Whether logits of its last token are wanted. */
  readonly read: boolean;
}

/** Fills the inputs of a run into buffers that are kept between steps. */
export interface StepInputs {
  /** Lays pieces side by side in one row. Every token sees its head, its own attached rows and its piece up to itself. */
  fill(pieces: readonly Piece[], pastTokens: number): Pick<GraphRun, "ids" | "positions" | "bias" | "reads">;
}

export function createStepInputs(stepTokens: number): StepInputs {
  const ids = createInt64Buffer(stepTokens);
  const positions = createInt64Buffer(stepTokens);
  const reads = createInt64Buffer(stepTokens);
  let bias = new Float32Array(0);

  return {
    fill(pieces, pastTokens) {
      const newTokens = pieces.reduce((sum, { take }) => sum + take, 0);
      const total = pastTokens + newTokens;
      if (bias.length < newTokens * total) bias = new Float32Array(newTokens * total);
      let column = 0;
      let readCount = 0;
      for (const { tokens, from, take, headTokens, attachedAt, attached, read } of pieces) {
        for (let index = 0; index < take; index++) {
          const row = (column + index) * total;
          ids.set(column + index, tokens[from + index]!);
          positions.set(column + index, from + index);
          bias.fill(0, row, row + headTokens);
          bias.fill(MASKED, row + headTokens, row + total);
          bias.fill(0, row + attachedAt, row + attachedAt + attached);
          bias.fill(0, row + pastTokens + column, row + pastTokens + column + index + 1);
        }
        column += take;
        if (read) reads.set(readCount++, column - 1);
      }
      if (readCount === 0) reads.set(readCount++, newTokens - 1); // the graph wants at least one
      return {
        ids: ids.view(newTokens),
        positions: positions.view(newTokens),
        bias: bias.subarray(0, newTokens * total),
        reads: reads.view(readCount),
      };
    },
  };
}

/** int64 values below 2^31, written through 32-bit halves: no BigInt is made per token. */
function createInt64Buffer(length: number) {
  const whole = new BigInt64Array(length);
  const halves = new Int32Array(whole.buffer); // low half first on every machine the runtime is built for
  return {
    set: (at: number, value: number): void => {
      halves[2 * at] = value;
    },
    view: (count: number): BigInt64Array => whole.subarray(0, count),
  };
}
