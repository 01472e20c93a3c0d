import type { Round } from "./run-rounds.js";

export interface Agreement {
  readonly contender: string;
  /** Differences of P(unsafe), 0..1, over all prompts that both got. */
  readonly most: number;
  readonly mean: number;
}

/** How far everybody's scores are from those of the first contender: proof that all did the same work. */
export function scoreAgreement(rounds: readonly Round[]): Agreement[] {
  const reference = rounds[0]?.contender;
  const others = [...new Set(rounds.map(({ contender }) => contender))].filter((name) => name !== reference);
  return others.map((contender) => {
    const differences = rounds
      .filter((round) => round.contender === contender)
      .flatMap((round) => {
        const mine = rounds.find(
          (one) => one.contender === reference && one.task === round.task && one.round === round.round,
        )!;
        return round.indices.map((index, i) =>
          Math.abs(round.scores[i]! - mine.scores[mine.indices.indexOf(index)]!),
        );
      });
    const sum = differences.reduce((total, one) => total + one, 0);
    return { contender, most: Math.max(...differences), mean: sum / differences.length };
  });
}
