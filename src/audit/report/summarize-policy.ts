import type { ReportedPolicy } from "./reported-run.js";
import { numberIn, rowsIn, textIn, type PolicyQuery, type Row, type RunQuery } from "./run-query.js";
import type {
  CategoryCounts,
  PolicySummary,
  SourceSummary,
  TurnCounts,
  VerdictlessTurns,
} from "./run-summary.js";
import { summarizeTime } from "./summarize-time.js";
import { worstConversations } from "./worst-conversations.js";

/** Of the histogram of scores: 0.02 each. */
export const SCORE_BINS = 50;
const TOP_SOURCES = 20;
const FIRST = 3;

/** What `TurnCounts` are in SQL. */
const COUNTS = `count(*) AS turns, count(*) FILTER (status = 'judged') AS judged,
  count(*) FILTER (verdict = 'unsafe') AS unsafe, count(*) FILTER (status = 'failed') AS failed,
  count(*) FILTER (status = 'not_judged') AS not_judged`;

/** Adds up what a run says under one policy. */
export async function summarizePolicy(query: RunQuery, policy: ReportedPolicy): Promise<PolicySummary> {
  const ask: PolicyQuery = (sql) => query(sql, { policy: policy.id });
  const [total] = await ask(`
    SELECT ${COUNTS}, count(*) FILTER (action = 'block') AS block, count(*) FILTER (action = 'flag') AS flag,
      count(*) FILTER (action = 'allow') AS allow
    FROM verdicts WHERE policy = $policy`);
  const byRole = await ask(
    `SELECT role, ${COUNTS} FROM verdicts WHERE policy = $policy GROUP BY role ORDER BY role DESC`,
  );
  const flags = await ask(`
    SELECT flag, count(*) AS turns, count(*) FILTER (verdict = 'unsafe') AS unsafe
    FROM (SELECT unnest(flags) AS flag, verdict FROM verdicts WHERE policy = $policy)
    GROUP BY flag ORDER BY turns DESC, flag`);
  return {
    policy,
    counts: turnCounts(total ?? {}),
    actions: {
      block: numberIn(total ?? {}, "block"),
      flag: numberIn(total ?? {}, "flag"),
      allow: numberIn(total ?? {}, "allow"),
    },
    byCategory: await countCategories(ask, policy),
    byRole: byRole.map((row) => ({ role: textIn(row, "role"), ...turnCounts(row) })),
    overTime: await summarizeTime(ask),
    bySource: await countSources(ask),
    scoreBins: await countScores(ask),
    worst: await worstConversations(ask, policy),
    flags: flags.map((row) => ({
      flag: textIn(row, "flag"),
      turns: numberIn(row, "turns"),
      unsafe: numberIn(row, "unsafe"),
    })),
    withoutVerdict: await countVerdictless(ask),
  };
}

const turnCounts = (row: Row): TurnCounts => ({
  turns: numberIn(row, "turns"),
  judged: numberIn(row, "judged"),
  unsafe: numberIn(row, "unsafe"),
  failed: numberIn(row, "failed"),
  notJudged: numberIn(row, "not_judged"),
});

async function countCategories(ask: PolicyQuery, policy: ReportedPolicy): Promise<CategoryCounts[]> {
  const rows = await ask(`
    SELECT code, count(*) AS unsafe, count(*) FILTER (role = 'user') AS unsafe_user,
      count(*) FILTER (role = 'assistant') AS unsafe_assistant
    FROM (SELECT unnest(violated) AS code, role FROM verdicts WHERE policy = $policy AND verdict = 'unsafe')
    GROUP BY code`);
  const byCode = new Map(rows.map((row) => [textIn(row, "code"), row]));
  return policy.categories.map(({ code, name }) => {
    const row = byCode.get(code) ?? {};
    return {
      code,
      name,
      unsafe: numberIn(row, "unsafe"),
      unsafeUser: numberIn(row, "unsafe_user"),
      unsafeAssistant: numberIn(row, "unsafe_assistant"),
    };
  });
}

/** The database ranks them, as a folder of logs may hold more files than a page should know of. */
async function countSources(ask: PolicyQuery): Promise<SourceSummary> {
  const rows = await ask(`
    WITH each AS (
      SELECT source, ${COUNTS} FROM verdicts WHERE policy = $policy GROUP BY source
    ), ranked AS (
      SELECT *, row_number() OVER (ORDER BY unsafe DESC, judged DESC, source) AS place FROM each
    )
    SELECT CASE WHEN place <= ${String(TOP_SOURCES)} THEN source END AS source, min(place) AS place,
      count(*) AS sources, sum(turns) AS turns, sum(judged) AS judged, sum(unsafe) AS unsafe, sum(failed) AS failed,
      sum(not_judged) AS not_judged
    FROM ranked GROUP BY 1 ORDER BY 2`);
  const top = rows.filter((row) => row["source"] !== null);
  const rest = rows.find((row) => row["source"] === null);
  return {
    sources: rows.reduce((sum, row) => sum + numberIn(row, "sources"), 0),
    top: top.map((row) => ({ source: textIn(row, "source"), ...turnCounts(row) })),
    rest: rest === undefined ? null : turnCounts(rest),
  };
}

async function countScores(ask: PolicyQuery): Promise<number[]> {
  const bins = new Array<number>(SCORE_BINS).fill(0);
  const rows = await ask(`
    SELECT least(greatest(floor(score * ${String(SCORE_BINS)}), 0), ${String(SCORE_BINS - 1)})::INTEGER AS bin,
      count(*) AS turns
    FROM verdicts WHERE policy = $policy AND status = 'judged' GROUP BY 1`);
  for (const row of rows) bins[numberIn(row, "bin")] = numberIn(row, "turns");
  return bins;
}

async function countVerdictless(ask: PolicyQuery): Promise<VerdictlessTurns[]> {
  const rows = await ask(`
    SELECT status, coalesce(error, 'unknown') AS error, count(*) AS turns,
      min({'source': source, 'row': "row", 'turn': turn}, ${String(FIRST)}) AS first
    FROM verdicts WHERE policy = $policy AND status <> 'judged'
    GROUP BY 1, 2 ORDER BY status, turns DESC, error`);
  return rows.map((row) => ({
    status: textIn(row, "status"),
    error: textIn(row, "error"),
    turns: numberIn(row, "turns"),
    first: rowsIn(row, "first").map((one) => ({
      source: textIn(one, "source"),
      row: numberIn(one, "row"),
      turn: numberIn(one, "turn"),
    })),
  }));
}
