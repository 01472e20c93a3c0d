import type { CalibrationPrompt } from "./calibration-options.js";
import { groupByHead } from "./group-by-head.js";

/**
 * The order in which tokens pass through a layer. Every token has a row in the stream of hidden states: first
 * those of the heads, then those of the measured prompts, then all others. So the tokens of a run are
 * neighbours, and a stream that only serves to measure is the beginning of the whole one.
 */
export interface RunPlan {
  /** Token id of every row. */
  readonly tokens: readonly number[];
  /** Rows of the measured prompts, heads not included. */
  readonly measured: { readonly from: number; readonly to: number };
  /** Row of the last token of every measured prompt. */
  readonly lastRows: readonly number[];
  /** For every head, the most tokens whose keys and values are kept. */
  readonly keptTokens: readonly number[];
  /** A run stands behind those whose keys and values it looks at. */
  readonly runs: readonly Run[];
}

export interface Run {
  readonly fromRow: number;
  /** Tokens of each sequence; all begin at position `pastTokens` and do not see one another. */
  readonly lengths: readonly number[];
  readonly head: number;
  /** Tokens kept under this head, all of which are looked at. */
  readonly pastTokens: number;
  /** Whether its keys and values are kept behind those. */
  readonly keeps: boolean;
  /** Whether its activations count for the smoothing. */
  readonly probed: boolean;
}

type Sequence = readonly number[];

/** Twice what the engine packs: matrix products gain a little, and attention is still the smaller part. */
export const RUN_TOKENS = 512;

/**
 * @param heldOut share of the prompts that are measured and not probed; with none, all are both
 * @param probing whether the other prompts are needed at all
 */
export function planRuns(prompts: readonly CalibrationPrompt[], heldOut: number, probing: boolean): RunPlan {
  const groups = groupByHead(prompts, heldOut);
  const tokens: number[] = [];
  const runs: Run[] = [];

  /**
   * @param sequences of one run, or a single one of any length, whose pieces see the ones before them
   * @returns the row of each one's last token
   */
  function add(sequences: readonly Sequence[], run: Omit<Run, "fromRow" | "lengths">): number[] {
    const lastRows: number[] = [];
    const start = tokens.length;
    for (const sequence of sequences) {
      for (const token of sequence) tokens.push(token);
      lastRows.push(tokens.length - 1);
    }
    const total = tokens.length - start;
    for (let done = 0; done < total; done += RUN_TOKENS)
      runs.push({
        ...run,
        fromRow: start + done,
        lengths:
          total <= RUN_TOKENS ? sequences.map(({ length }) => length) : [Math.min(RUN_TOKENS, total - done)],
        pastTokens: run.pastTokens + done,
        keeps: run.keeps || done + RUN_TOKENS < total,
      });
    return lastRows;
  }

  // The first token of all, on which trained models pile up activations some thousand times as large as elsewhere,
  // runs alone and does not count: it is the same in every prompt, and has a scale of its own anyway.
  for (const [index, { head }] of groups.entries()) {
    const kept = { head: index, keeps: true };
    if (head.length > 0) add([head.slice(0, 1)], { ...kept, pastTokens: 0, probed: false });
    if (head.length > 1) add([head.slice(1)], { ...kept, pastTokens: 1, probed: true });
  }
  const from = tokens.length;
  const measuredToo = groups.every(({ others }) => others.length === 0);
  const lastRows = groups.flatMap(({ head, measured }, index) =>
    packsOf(measured, head).flatMap((sequences) =>
      add(sequences, { head: index, pastTokens: head.length, keeps: false, probed: measuredToo }),
    ),
  );
  const to = tokens.length;
  if (probing)
    for (const [index, { head, others }] of groups.entries())
      for (const sequences of packsOf(others, head))
        add(sequences, { head: index, pastTokens: head.length, keeps: false, probed: true });

  const keptTokens = groups.map((_, index) =>
    Math.max(
      0,
      ...runs.map(({ head, keeps, pastTokens, lengths }) =>
        head === index && keeps ? pastTokens + lengths[0]! : 0,
      ),
    ),
  );
  return { tokens, measured: { from, to }, lastRows, keptTokens, runs };
}

/**
 * Puts sequences together that fit one run. Without a past the attention operator counts positions on through
 * the whole row, so there nothing can be packed.
 */
function packsOf(sequences: readonly Sequence[], head: Sequence): Sequence[][] {
  const packs: Sequence[][] = [];
  let space = 0;
  for (const sequence of sequences) {
    if (head.length > 0 && sequence.length <= space) packs.at(-1)!.push(sequence);
    else {
      packs.push([sequence]);
      space = RUN_TOKENS;
    }
    space -= sequence.length;
  }
  return packs;
}
