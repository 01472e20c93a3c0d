import type { ModelGeometry } from "../../model/index.js";
import type { StepSize } from "../limits/graph-feeds.js";
import type { ProfiledPart } from "../limits/kernel-times.js";
import type { SessionOptions } from "./idea.js";

/** What the process that runs graphs is asked. Sessions are told apart by name. */
export type GraphAsk =
  | {
      readonly kind: "open";
      readonly session: string;
      readonly graphPath: string;
      readonly geometry: ModelGeometry;
      readonly options: SessionOptions;
      /** Where a profile of all its runs goes; null for none. */
      readonly profilePrefix: string | null;
    }
  | ({ readonly kind: "turn"; readonly session: string } & Turn)
  | { readonly kind: "compare"; readonly sessions: readonly string[]; readonly size: StepSize }
  | { readonly kind: "memory" }
  | { readonly kind: "close"; readonly session: string };

/** A variant's turn: some runs, each of some steps. */
export interface Turn {
  readonly steps: readonly StepSize[];
  readonly runs: number;
  readonly pauseMs: number;
}

export interface TurnTimes {
  /** Of each run, its pause left out. */
  readonly wallMs: readonly number[];
  /** Processor time of the process, per run, pauses included. */
  readonly cpuMs: number;
}

export interface Memory {
  /** Most that the process has had in memory, mapped files included. */
  readonly peakMiB: number;
  /** What is its own rather than mapped from files. */
  readonly ownMiB: number;
}

/** How far the scores of later sessions are from those of the first, at most, over all rows and tokens. */
export interface Difference {
  readonly logits: number;
  /** In P(unsafe), from the first two rows of a guard's head. */
  readonly unsafe: number;
}

/** Each operator's least time over the runs, added up. */
export type OperatorTimes = Readonly<Record<ProfiledPart, number>>;

/** What each question is answered with. */
export interface GraphAnswers {
  readonly open: null;
  readonly turn: TurnTimes;
  /** One for each session behind the first. */
  readonly compare: readonly Difference[];
  readonly memory: Memory;
  /** Null unless a profile was asked for. */
  readonly close: OperatorTimes | null;
}
