import type { ReportedPolicy, ReportedRun } from "./reported-run.js";

/** What a report says of a run, as plain data. Every share of it is over turns judged, never over all. */
export interface RunSummary {
  readonly run: ReportedRun;
  /** In the order of the run. */
  readonly policies: readonly PolicySummary[];
  readonly faults: readonly FaultSummary[];
}

export interface PolicySummary {
  readonly policy: ReportedPolicy;
  readonly counts: TurnCounts;
  readonly actions: Readonly<Record<"block" | "flag" | "allow", number>>;
  /** Every category of the policy, in its order; a turn may break several. */
  readonly byCategory: readonly CategoryCounts[];
  readonly byRole: readonly (TurnCounts & { readonly role: string })[];
  readonly overTime: TimeSummary;
  readonly bySource: SourceSummary;
  /** Bins of equal width from 0 to 1. */
  readonly scoreBins: readonly number[];
  readonly worst: readonly WorstConversation[];
  readonly flags: readonly { readonly flag: string; readonly turns: number; readonly unsafe: number }[];
  readonly withoutVerdict: readonly VerdictlessTurns[];
}

/** `turns` are `judged` + `failed` + `notJudged`; `unsafe` are among `judged`. */
export interface TurnCounts {
  readonly turns: number;
  readonly judged: number;
  readonly unsafe: number;
  readonly failed: number;
  readonly notJudged: number;
}

export interface CategoryCounts {
  readonly code: string;
  readonly name: string;
  readonly unsafe: number;
  readonly unsafeUser: number;
  readonly unsafeAssistant: number;
}

export type TimeUnit = "day" | "week" | "month" | "year";

/** Only spans of time with a turn in them; `start` is the first day of each, weeks begin on Monday. */
export interface TimeSummary {
  readonly unit: TimeUnit;
  readonly spans: readonly { readonly start: string; readonly judged: number; readonly unsafe: number }[];
  /** Turns judged whose day the log does not say. */
  readonly undated: number;
}

export interface SourceSummary {
  readonly sources: number;
  /** Those with the most unsafe turns. */
  readonly top: readonly (TurnCounts & { readonly source: string })[];
  /** All others together; null where there are none. */
  readonly rest: TurnCounts | null;
}

export interface Place {
  readonly source: string;
  readonly row: number;
  readonly turn: number;
}

export interface WorstConversation {
  readonly conversation: string;
  readonly source: string;
  readonly row: number;
  readonly highestScore: number;
  readonly unsafeTurns: number;
  readonly judgedTurns: number;
  /** In the policy's order. */
  readonly violated: readonly string[];
  /** The unsafe turns with the highest scores, where the run kept texts. */
  readonly texts: readonly KeptText[];
}

export interface KeptText {
  readonly turn: number;
  readonly role: string;
  readonly score: number;
  /** The beginning of a longer text. */
  readonly text: string;
  readonly textChars: number;
}

/** Turns that failed, or that held nothing to judge, by reason. */
export interface VerdictlessTurns {
  readonly status: string;
  readonly error: string;
  readonly turns: number;
  readonly first: readonly Place[];
}

export interface FaultSummary {
  readonly code: string;
  readonly count: number;
  readonly first: readonly {
    readonly source: string;
    readonly row: number | null;
    readonly message: string;
  }[];
}
