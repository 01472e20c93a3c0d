import type { LogEntry } from "../logs/index.js";
import type { VerdictRow } from "../audit/index.js";
import type { ProgressLine } from "./progress-line.js";

/** Shows how far an audit has come. */
export interface AuditProgress {
  resumed(before: { readonly rows: number; readonly unsafe: number; readonly failed: number }): void;
  row(row: VerdictRow): void;
}

export function createAuditProgress(line: ProgressLine, total: { readonly turns: number }): AuditProgress {
  let done = 0;
  let [flagged, failed] = [0, 0];
  const show = (): void =>
    line.update({
      ...{ label: "judging", done, total: Math.max(total.turns, 0), unit: "turns" },
      note: `${String(flagged)} unsafe${failed > 0 ? `, ${String(failed)} failed` : ""}`,
    });
  return {
    resumed({ rows, ...before }) {
      done = rows;
      [flagged, failed] = [before.unsafe, before.failed];
      show();
    },
    row({ verdict, status }) {
      done += 1;
      if (verdict === "unsafe") flagged += 1;
      if (status === "failed") failed += 1;
      show();
    },
  };
}

/**
 * Counts what there is to judge, beside the judging: the log is read once more, which takes little of the time.
 * @returns grows to the number when everything is read; 0 until then
 */
export function countTurns(
  entries: AsyncIterable<LogEntry> | Iterable<LogEntry>,
  policies: number,
  signal: AbortSignal,
): { readonly turns: number } & AsyncDisposable {
  const total = { turns: 0 };
  const counting = (async () => {
    let turns = 0;
    for await (const entry of entries) {
      if (signal.aborted) return;
      if (entry.type === "conversation") turns += entry.turns.filter(({ role }) => role !== "system").length;
    }
    total.turns = turns * policies;
  })().catch(() => undefined); // what is wrong with the log is for the audit to say
  return {
    get turns() {
      return total.turns;
    },
    [Symbol.asyncDispose]: () => counting,
  };
}
