import type { Unseen } from "./answer.js";

/** Milliseconds about the check before, of the same answer. */
export interface LastCheck {
  readonly tookMs: number;
  readonly endedMs: number;
}

/**
 * Whether an answer that is still being written is to be looked at now. The end of a sentence is worth a look,
 * unless the last one took longer than what has passed since: a guard under load gets fewer and larger checks.
 */
export const isCheckDue = (
  { tokens, sentenceEnded }: Unseen,
  checkTokens: number,
  last: LastCheck | null,
  nowMs: number,
): boolean =>
  tokens >= checkTokens || (sentenceEnded && (last === null || nowMs - last.endedMs >= last.tookMs));
