import { mapInOrder } from "../base/index.js";
import type { LabelledRow } from "../dataset/index.js";
import { outcomeOf, readRow, type ReadRowOptions } from "./judge-row.js";
import { createPromptGroups } from "./prompt-groups.js";
import type { RowOutcome } from "./row-outcome.js";

export interface JudgeRowsOptions extends ReadRowOptions {
  /** Copies messages into the outcomes. */
  readonly keepText: boolean;
  /** Called with every outcome, in the order in which {@link inJudgingOrder} has the rows. */
  readonly onRow?: (outcome: RowOutcome) => void;
}

/** Enough that steps are full: a step packs 256 tokens, a short row has some 60 of its own. */
export const ROWS_IN_FLIGHT = 16;

/**
 * Messages of users first: prompts about different roles begin differently and share no step, so taking turns
 * would leave steps half empty.
 */
export const inJudgingOrder = (rows: readonly LabelledRow[]): LabelledRow[] =>
  (["user", "assistant"] as const).flatMap((role) => rows.filter(({ target }) => target === role));

/**
 * Judges rows as the service would, several at once. A row that gets no verdict is an outcome like others.
 * @throws GuardError `engine_unavailable` and the like, which are no row's fault, and the signal's own
 */
export async function judgeRows(
  rows: readonly LabelledRow[],
  { keepText, onRow, ...options }: JudgeRowsOptions,
): Promise<RowOutcome[]> {
  const groupOf = createPromptGroups();
  const identified = inJudgingOrder(rows).map(({ id, source, target, label, categories, messages }) => ({
    row: { id, source, target, group: groupOf(messages), label, categories, ...(keepText && { messages }) },
    messages,
  }));
  const waiting = new Map<number, RowOutcome>();
  let next = 0;
  const hand = (at: number, outcome: RowOutcome): void => {
    waiting.set(at, outcome);
    for (let one = waiting.get(next); one !== undefined; one = waiting.get(next)) {
      waiting.delete(next++);
      onRow?.(one);
    }
  };
  return mapInOrder([...identified.entries()], ROWS_IN_FLIGHT, async ([at, { row, messages }]) => {
    const outcome = outcomeOf(row, await readRow({ messages }, options), options.policy);
    hand(at, outcome);
    return outcome;
  });
}
