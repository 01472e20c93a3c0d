import { setTimeout as sleep } from "node:timers/promises";
import { GuardError, isCallersDoing } from "../base/index.js";
import type { LabelledRow } from "../dataset/index.js";
import { decide, type ConversationReadings, type Question, type ReadConversation } from "../guard/index.js";
import type { Policy } from "../policy/index.js";
import type { PromptTemplates } from "../prompt/index.js";
import type { FailedRow, JudgedRow, RowOutcome, RowReading } from "./row-outcome.js";

export interface ReadRowOptions {
  readonly read: ReadConversation;
  readonly templates: PromptTemplates;
  readonly policy: Policy;
  readonly signal: AbortSignal;
}

/** Codes are decoded whatever the score, so that any threshold can be tried on the readings later. */
export const ALWAYS = 0;
/** More than any P(unsafe): only the score is wanted, at a third of the time. */
export const NEVER = 2;
/** Digits that say something; an answer's codes are derived numbers. */
const PROBABILITY_DIGITS = 6;
const LONGEST_PAUSE_MS = 1_000;

/** @throws GuardError what every other row would meet as well: no engine, or a signal to stop */
export async function readRow(
  { messages }: Pick<LabelledRow, "messages">,
  { read, templates, policy, signal }: ReadRowOptions,
  decodeFrom: typeof ALWAYS | typeof NEVER = ALWAYS,
): Promise<ConversationReadings | GuardError> {
  const question: Question = {
    template: templates[policy.template],
    categories: policy.categories,
    scores: undefined,
    decodeFrom,
  };
  for (;;) {
    try {
      return await read(question, messages, { signal });
    } catch (error) {
      if (!(error instanceof GuardError)) throw error;
      if (error.code === "overloaded")
        await sleep(Math.min(error.retryAfterMs ?? LONGEST_PAUSE_MS, LONGEST_PAUSE_MS), null, { signal });
      else if (
        error.code === "unreadable_output" ||
        (isCallersDoing(error.code) && error.code !== "canceled")
      )
        return error; // of this row alone
      else throw error;
    }
  }
}

/** The row with what the policy makes of the readings. */
export function judgedRow(
  row: Omit<FailedRow, "status" | "error">,
  { readings, flags }: Pick<JudgedRow, "readings" | "flags">,
  policy: Policy,
): JudgedRow {
  const { score, categories } = decide(
    policy.categories,
    row.target,
    readings.map(asReading),
    policy.calibration,
  );
  const codes = categories.filter(({ violated }) => violated).map(({ code }) => code);
  return {
    ...row,
    status: "judged",
    score,
    verdict: codes.length > 0 ? "unsafe" : "safe",
    codes,
    flags,
    readings,
  };
}

export const asReading = ({ score, named, probabilities }: RowReading) => ({
  scoreUnsafe: score,
  alone: null,
  codes: Object.entries(probabilities).map(([code, probability]) => ({
    code,
    probability,
    listed: named.includes(code),
  })),
});

export function outcomeOf(
  row: Omit<FailedRow, "status" | "error">,
  result: ConversationReadings | GuardError,
  policy: Policy,
): RowOutcome {
  if (result instanceof GuardError) return { ...row, status: "error", error: result.code };
  const readings = result.readings.map(({ scoreUnsafe, codes }) => ({
    score: scoreUnsafe,
    named: (codes ?? []).filter(({ listed }) => listed).map(({ code }) => code),
    probabilities: Object.fromEntries(
      (codes ?? []).map(({ code, probability }) => [code, Number(probability.toFixed(PROBABILITY_DIGITS))]),
    ),
  }));
  return judgedRow(row, { readings, flags: result.flags }, policy);
}
