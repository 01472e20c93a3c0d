import { numberIn, textIn, type PolicyQuery } from "./run-query.js";
import type { TimeSummary, TimeUnit } from "./run-summary.js";

/** The longest time, in days, that is shown by each unit: some 100 to 200 points at most. */
const LONGEST_DAYS: readonly (readonly [TimeUnit, number])[] = [
  ["day", 120],
  ["week", 1400], // nearly four years
  ["month", 7300],
];

/** Calendars of logs; what lies outside is a mistake of theirs and counts as undated. */
const DATED = "day BETWEEN DATE '1900-01-01' AND DATE '2999-12-31'";

/** Turns judged and unsafe over time, by a unit that leaves few enough points to be read. */
export async function summarizeTime(ask: PolicyQuery): Promise<TimeSummary> {
  const [reach] = await ask(`
    SELECT count(*) FILTER (NOT coalesce(${DATED}, false)) AS undated,
      date_diff('day', min(day) FILTER (${DATED}), max(day) FILTER (${DATED})) + 1 AS days
    FROM verdicts WHERE policy = $policy AND status = 'judged'`);
  const days = numberIn(reach ?? {}, "days");
  const unit = LONGEST_DAYS.find(([, longest]) => days <= longest)?.[0] ?? "year";
  const rows = await ask(`
    SELECT strftime(date_trunc('${unit}', day), '%Y-%m-%d') AS start, count(*) AS judged,
      count(*) FILTER (verdict = 'unsafe') AS unsafe
    FROM verdicts WHERE policy = $policy AND status = 'judged' AND ${DATED}
    GROUP BY 1 ORDER BY 1`);
  return {
    unit,
    spans: rows.map((row) => ({
      start: textIn(row, "start"),
      judged: numberIn(row, "judged"),
      unsafe: numberIn(row, "unsafe"),
    })),
    undated: numberIn(reach ?? {}, "undated"),
  };
}
