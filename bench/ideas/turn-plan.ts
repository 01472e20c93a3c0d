import type { StepSize } from "../limits/graph-feeds.js";

/** How often a case is run. */
export interface TurnPlan {
  /** In each round every variant has one turn. */
  readonly rounds: number;
  /** Of each turn: several where runs are short, or every run would find its weights out of the caches. */
  readonly runs: number;
}

/** What a case with all its variants may take; those of the 8B shape take more, for the sake of the least rounds. */
const CASE_MS = 5000;
const TURN_MS = 60;
const ROUNDS = { least: 5, most: 20 };

/** @param runMs of all variants, one run each */
export function planTurns(runMs: readonly number[], wantedRounds: number | null): TurnPlan {
  const slowest = Math.max(...runMs);
  const runs = Math.max(1, Math.round(TURN_MS / slowest));
  const roundMs = runs * runMs.reduce((sum, ms) => sum + ms, 0);
  const rounds = Math.min(ROUNDS.most, Math.max(ROUNDS.least, Math.floor(CASE_MS / roundMs)));
  return { rounds: wantedRounds ?? rounds, runs };
}

/** Everyone in turn, backwards every other round: nobody always comes first, or behind the same. */
export const turnOrder = <T>(all: readonly T[], round: number): readonly T[] =>
  round % 2 === 0 ? all : all.toReversed();

/** The steps that compute new tokens, some at a time. */
export function stepsOf({ newTokens, pastTokens }: StepSize, stepTokens = newTokens): StepSize[] {
  const steps: StepSize[] = [];
  for (let done = 0; done < newTokens; done += stepTokens)
    steps.push({ newTokens: Math.min(stepTokens, newTokens - done), pastTokens: pastTokens + done });
  return steps;
}
