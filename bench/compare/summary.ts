import type { Limits } from "../limits/measure-limits.js";
import type { Round } from "./run-rounds.js";
import { median, spreadOf, type Spread } from "../statistics.js";

/** One contender in one task, over all rounds. */
export interface TaskFigures {
  readonly task: string;
  readonly contender: string;
  readonly requestsPerSecond: Spread;
  /** Tokens behind the head. */
  readonly newTokensPerSecond: Spread;
  readonly cpuMsPerNewToken: number;
}

export interface DecodeFigures {
  readonly contender: string;
  readonly bitsPerWeight: number;
  readonly tokenMs: Spread;
}

/** One size of model. */
export interface Summary {
  readonly model: string;
  readonly tasks: readonly TaskFigures[];
  readonly decode: readonly DecodeFigures[];
  /** By contender, with messages one at a time. */
  readonly peakMiB: Readonly<Record<string, number>>;
  readonly rounds: readonly Round[];
  /** Of the machine, in the same run, and of one step of the int8 guard. */
  readonly limits: Limits | null;
}

export function summarizeTasks(rounds: readonly Round[]): TaskFigures[] {
  const groups = new Map<string, Round[]>();
  for (const round of rounds) {
    const key = JSON.stringify([round.task, round.contender]);
    groups.set(key, [...(groups.get(key) ?? []), round]);
  }
  return [...groups.values()].map((group) => {
    const perSecond = (count: (round: Round) => number): Spread =>
      spreadOf(group.map((round) => (1000 * count(round)) / round.wallMs));
    return {
      task: group[0]!.task,
      contender: group[0]!.contender,
      requestsPerSecond: perSecond(({ indices }) => indices.length),
      newTokensPerSecond: perSecond((round) => round.newTokens),
      cpuMsPerNewToken: median(group.map((round) => round.cpuMs / round.newTokens)),
    };
  });
}

/** How many times as fast as `other`, on prompts that both got; rounds compared with their like. */
export interface Speedup {
  readonly wall: Spread;
  /** By processor time per token, which other programs on the machine disturb less. */
  readonly cpu: Spread;
}

export function speedup(rounds: readonly Round[], task: string, ours: string, other: string): Speedup | null {
  const of = (name: string): Round[] =>
    rounds.filter((round) => round.task === task && round.contender === name);
  const [mine, theirs] = [of(ours), of(other)];
  if (mine.length === 0 || theirs.length === 0) return null;
  const pairs = mine.map((round, i) => [round, theirs[i]!] as const);
  return {
    wall: spreadOf(pairs.map(([a, b]) => msOf(b, common(a, b)) / msOf(a, common(a, b)))),
    cpu: spreadOf(pairs.map(([a, b]) => b.cpuMs / b.newTokens / (a.cpuMs / a.newTokens))),
  };
}

const common = (a: Round, b: Round): number[] => a.indices.filter((index) => b.indices.includes(index));

/** Of part of a round's prompts, the sum of each; only rounds of one prompt at a time are given in part. */
const msOf = ({ indices, eachMs, wallMs }: Round, wanted: readonly number[]): number =>
  wanted.length === indices.length
    ? wallMs
    : wanted.reduce((sum, index) => sum + eachMs[indices.indexOf(index)]!, 0);
