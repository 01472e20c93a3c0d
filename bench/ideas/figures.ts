import { median, quantile } from "../statistics.js";
import type { Difference, Memory, OperatorTimes, TurnTimes } from "./graph-messages.js";
import type { ModelName } from "./idea.js";

/** What was measured of one variant in one case. */
export interface TimedFigures {
  readonly variant: string;
  /** Of one run: the median over all, and the shortest. */
  readonly wallMs: number;
  readonly leastMs: number;
  /** Processor time of one run, median over rounds. */
  readonly cpuMs: number;
  /** Wall time beside that of the first variant in the same round; null for the first. */
  readonly ratio: Ratio | null;
  readonly operatorsMs: OperatorTimes | null;
  /** Beside the first variant; null for the first, and where nothing was compared. */
  readonly difference: Difference | null;
}

export interface Ratio {
  readonly median: number;
  /** Two thirds of the rounds are between these. */
  readonly middle: readonly [number, number];
}

export interface TimedResult {
  readonly kind: "timed";
  readonly model: ModelName;
  /** Such as `71 behind 608`. */
  readonly size: string;
  readonly rounds: number;
  readonly runs: number;
  readonly figures: readonly TimedFigures[];
}

export interface MemoryResult {
  readonly kind: "memory";
  readonly model: ModelName;
  readonly size: string;
  readonly figures: readonly ({ readonly variant: string } & Memory)[];
}

export type Result = TimedResult | MemoryResult;

/** @param turns of each round; `first` those of the first variant */
export function timesOf(
  turns: readonly TurnTimes[],
  first: readonly TurnTimes[],
): Pick<TimedFigures, "wallMs" | "leastMs" | "cpuMs" | "ratio"> {
  const runs = turns.flatMap(({ wallMs }) => wallMs);
  return {
    wallMs: median(runs),
    leastMs: Math.min(...runs),
    cpuMs: median(turns.map(({ cpuMs }) => cpuMs)),
    ratio: turns === first ? null : ratioOf(turns, first),
  };
}

/** A machine that is slow for a while is so for all variants of a round. */
function ratioOf(turns: readonly TurnTimes[], first: readonly TurnTimes[]): Ratio {
  const ratios = turns.map(({ wallMs }, round) => median(wallMs) / median(first[round]!.wallMs));
  return { median: median(ratios), middle: [quantile(ratios, 1 / 6), quantile(ratios, 5 / 6)] };
}

/** Whether more than a sixth of the rounds say faster and more than a sixth slower: of five rounds, not all agree. */
export const withinNoise = ({ middle: [low, high] }: Ratio): boolean => low <= 1 && high >= 1;
