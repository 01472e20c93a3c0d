/** What planning needs to know of a sequence that has tokens to compute. */
export interface PendingSequence {
  readonly id: number;
  /** The head it looks at. */
  readonly headId: number;
  /** Tokens it has so far, its head's included. */
  readonly tokenCount: number;
  /** Tokens whose keys and values exist; below `tokenCount`. */
  readonly computed: number;
  /** Computed tokens that lie outside the head and have to be laid behind it for a step. */
  readonly attached: number;
}

/** What planning needs to know of a head. Its sequences wait until all of it is computed. */
export interface PendingHead {
  readonly tokenCount: number;
  readonly computed: number;
}

export interface StepLimits {
  /** Most new tokens of one step. */
  readonly stepTokens: number;
  /** Most tokens of one step, past and new. The model's context: rotary tables have no more rows. */
  readonly totalTokens: number;
  /**
   * Attached tokens are laid at multiples of this, so that sequences that grow token by token seldom push on those
   * behind them. Default: 1, no gaps.
   */
  readonly alignTokens?: number;
}

/** Tokens `from` .. `from + take` of a sequence. */
export interface PlannedRow {
  readonly id: number;
  readonly from: number;
  readonly take: number;
  /** Row of past from which its attached tokens are laid. */
  readonly attachedAt: number;
}

/** One run of the graph: a piece of a head, or pieces of sequences that share a computed head. */
export type StepPlan =
  | { readonly kind: "head"; readonly headId: number; readonly from: number; readonly take: number }
  | {
      readonly kind: "sequences";
      readonly headId: number;
      readonly rows: readonly PlannedRow[];
      /** Rows of past, head and gaps included. */
      readonly pastTokens: number;
    };

/**
 * Decides what the next step computes and changes nothing. The oldest sequence names the head, so every
 * sequence finishes whatever arrives behind it; younger ones of the same head fill the rest of the step in
 * order of arrival. Prompt and answer tokens are the same thing here: tokens not yet computed.
 *
 * @param oldestFirst sequences with at least one token to compute, each of which fits `totalTokens` alone
 * @returns null when there is none
 */
export function planStep(
  oldestFirst: readonly PendingSequence[],
  heads: ReadonlyMap<number, PendingHead>,
  { stepTokens, totalTokens, alignTokens = 1 }: StepLimits,
): StepPlan | null {
  const oldest = oldestFirst[0];
  if (oldest === undefined) return null;
  const headId = oldest.headId;
  const head = heads.get(headId);
  if (head !== undefined && head.computed < head.tokenCount) {
    const take = Math.min(head.tokenCount - head.computed, stepTokens);
    return { kind: "head", headId, from: head.computed, take };
  }
  const rows: PlannedRow[] = [];
  let newTokens = 0;
  let pastTokens = pastOfHead(head?.tokenCount ?? 0);
  for (const { id, headId: itsHead, tokenCount, computed, attached } of oldestFirst) {
    if (itsHead !== headId) continue;
    const take = Math.min(tokenCount - computed, stepTokens - newTokens);
    const isAligned = rows.length > 0 && attached > 0;
    const attachedAt = isAligned ? Math.ceil(pastTokens / alignTokens) * alignTokens : pastTokens;
    const total = attachedAt + attached + newTokens + take;
    // Whoever does not fit ends the row: those behind may not overtake.
    if (take === 0 || (rows.length > 0 && total > totalTokens)) break;
    rows.push({ id, from: computed, take, attachedAt });
    newTokens += take;
    pastTokens = attachedAt + attached;
  }
  return { kind: "sequences", headId, rows, pastTokens };
}

/**
 * Rows of past that a step has before anything is attached. Without any past the attention operator counts
 * positions on from the first token's, which is wrong for packed sequences; so an empty head is stood in for
 * by one row that nobody looks at.
 */
export const pastOfHead = (headTokens: number): number => Math.max(headTokens, 1);
