import type { ModelGeometry } from "../../model/index.js";
import { operationsOf, sumOf } from "../limits/operations.js";

/** One step of the engine: sequences side by side behind one head, the last token of each to be read. */
export interface PackedPlan {
  readonly headTokens: number;
  /** New tokens of each sequence. */
  readonly sequences: readonly number[];
}

const HEAD_TOKENS = 608;
/** A full step of the engine, by one long message or by short ones of unequal length. */
export const PLANS: readonly PackedPlan[] = [
  { headTokens: HEAD_TOKENS, sequences: [256] },
  { headTokens: HEAD_TOKENS, sequences: [8, 16, 24, 32, 40, 40, 48, 48] },
];

/** For a processor that plays the card. */
export const TINY_PLANS: readonly PackedPlan[] = [
  { headTokens: 64, sequences: [16] },
  { headTokens: 64, sequences: [6, 10] },
];

export const newTokensOf = ({ sequences }: PackedPlan): number =>
  sequences.reduce((sum, one) => sum + one, 0);

/** Multiplications and additions that a step demands: nobody needs to look at a neighbour. */
export const demandOf = (geometry: ModelGeometry, { headTokens, sequences }: PackedPlan): number =>
  sequences.reduce((sum, tokens) => sum + sumOf(operationsOf(geometry, tokens, headTokens)), 0);
