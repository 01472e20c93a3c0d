import type { NamedAt } from "../guard/index.js";
import type { JudgedRole, PolicyAction } from "../policy/index.js";

/** What became of a turn. `not_judged`: there was no text to judge. */
export type TurnStatus = "judged" | "failed" | "not_judged";

/** What an audit says of one turn under one policy: a row of `verdicts/`. */
export interface VerdictRow {
  /** Key of the conversation, as the reader of logs gives it. */
  readonly conversation: string;
  readonly source: string;
  /** Where in the source the conversation stands. */
  readonly row: number;
  /** Index among all messages of the conversation, from 0. */
  readonly turn: number;
  readonly role: JudgedRole;
  /** `2026-11-25`, or null where the log does not say. */
  readonly day: string | null;
  readonly policy: string;
  readonly policySha256: string;
  readonly model: string;
  readonly modelSha256: string;
  readonly status: TurnStatus;
  /** Null unless judged, and so are action and score. */
  readonly verdict: "safe" | "unsafe" | null;
  readonly action: PolicyAction | null;
  /** P(unsafe), 0..1. */
  readonly score: number | null;
  /** Codes in policy order. */
  readonly violated: readonly string[];
  /** Per code, 0..1: of violated categories, or of all where scores were asked for. */
  readonly scores: Readonly<Record<string, number>>;
  /** What thresholds were held against, see `guard/`. */
  readonly namedAt: NamedAt;
  /** Of the judgement, and `unread_parts` where the message had parts that are no text. */
  readonly flags: readonly string[];
  /** An ErrorCode or `internal` when failed; `empty` or `unread_parts` when not judged. */
  readonly error: string | null;
  /** SHA-256 of the message's text, lower-case hex. */
  readonly contentSha256: string;
  /** SHA-256 of everything that the guard was shown. */
  readonly contextSha256: string;
  /** The message, where texts are kept. */
  readonly text: string | null;
}

/** What a judge says of a turn, as opposed to which turn it is. */
export type RowAnswer = Pick<
  VerdictRow,
  "status" | "verdict" | "action" | "score" | "violated" | "scores" | "namedAt" | "flags" | "error"
>;
