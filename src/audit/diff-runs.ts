import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, quoteText, type Database } from "../duckdb/index.js";
import { inRun } from "./run-folder.js";
import { requireRun, verdictFiles, type RunManifest } from "./run-manifest.js";
import { VERDICT_TABLE } from "./verdict-table.js";

/** A kind of change, how often there is one, by role and policy. */
export interface ChangeCount {
  readonly policy: string;
  readonly role: string;
  /** What it came to in A and in B: `safe`, `unsafe`, `failed` or `not_judged`. */
  readonly from: string;
  readonly to: string;
  readonly turns: number;
}

/** Violations of a category that only one of the runs has. */
export interface CategoryChange {
  readonly policy: string;
  readonly category: string;
  readonly role: string;
  readonly onlyA: number;
  readonly onlyB: number;
}

/** How P(unsafe) moved where both runs judged. */
export interface ScoreShift {
  readonly policy: string;
  readonly role: string;
  readonly turns: number;
  readonly mean: number;
  readonly meanAbsolute: number;
  readonly maxAbsolute: number;
}

export interface ChangedTurn {
  readonly conversation: string;
  readonly turn: number;
  readonly policy: string;
  readonly role: string;
  readonly from: string;
  readonly to: string;
  readonly scoreA: number | null;
  readonly scoreB: number | null;
  readonly violatedA: readonly string[];
  readonly violatedB: readonly string[];
  /** Where either run kept texts. */
  readonly text: string | null;
}

export interface RunDiff {
  readonly a: RunSummary;
  readonly b: RunSummary;
  /** Turns, times policies, in both runs and in one of them. */
  readonly both: number;
  readonly onlyA: number;
  readonly onlyB: number;
  /** In both, with another text: what is said of them compares different messages. */
  readonly otherText: number;
  readonly changes: readonly ChangeCount[];
  readonly categories: readonly CategoryChange[];
  readonly scores: readonly ScoreShift[];
  /** Changed turns whose score moved most. */
  readonly examples: readonly ChangedTurn[];
}

export interface RunSummary {
  readonly dir: string;
  readonly signature: string;
  readonly model: string;
  readonly policies: readonly string[];
}

export interface DiffOptions {
  /** Most examples. */
  readonly examples?: number;
}

/** The join holds one row a turn; what does not fit is on the disk. */
const MEMORY_MIB = 512;

/**
 * What changed from one run to another over the same conversations: turns are matched by the conversation's key, their
 * place in it and the policy's id, so that models and versions of a policy can be compared.
 *
 * @throws GuardError `invalid_config` where one of them is no finished run
 */
export async function diffRuns(dirA: string, dirB: string, options: DiffOptions = {}): Promise<RunDiff> {
  const [runA, runB] = [await requireRun(dirA), await requireRun(dirB)];
  const spillDir = await mkdtemp(join(tmpdir(), "portcullis-diff-"));
  try {
    await using database = await openDatabase({ memoryMib: MEMORY_MIB, spillDir });
    await database.connection.run(`CREATE TEMP TABLE turns AS ${joined(dirA, runA, dirB, runB)}`);
    const ask = createAsk(database);
    const [counts] = await ask<Pick<RunDiff, "both" | "onlyA" | "onlyB" | "otherText">>(COUNTS);
    return {
      a: summaryOf(dirA, runA),
      b: summaryOf(dirB, runB),
      ...counts!,
      changes: await ask(CHANGES),
      categories: await ask(CATEGORIES),
      scores: await ask(SCORES),
      examples: await ask(`${EXAMPLES} LIMIT ${String(options.examples ?? 10)}`),
    };
  } finally {
    await rm(spillDir, { recursive: true, force: true });
  }
}

const summaryOf = (dir: string, { signature, model, policies }: RunManifest): RunSummary => ({
  ...{ dir, signature, model: model.id },
  policies: policies.map(({ id, version }) => `${id} ${version}`),
});

/** A run without a turn has no file that could say what its columns are. */
function source(dir: string, run: RunManifest, side: string): string {
  const files = verdictFiles(run).map((path) => quoteText(inRun(dir, path)));
  if (files.length > 0) return `read_parquet([${files.join(", ")}]) AS ${side}`;
  const columns = VERDICT_TABLE.split(', "').map((column) =>
    column.replace(/^"?(\w+)" (.*)$/, "CAST(NULL AS $2) AS $1"),
  );
  return `(SELECT ${columns.join(", ")} WHERE false) AS ${side}`;
}

const joined = (dirA: string, a: RunManifest, dirB: string, b: RunManifest): string => `
  SELECT
    coalesce(a.conversation, b.conversation) AS conversation,
    coalesce(a.turn, b.turn) AS turn,
    coalesce(a.policy, b.policy) AS policy,
    coalesce(b.role, a.role) AS role,
    a.conversation IS NOT NULL AS inA,
    b.conversation IS NOT NULL AS inB,
    coalesce(a.verdict, a.status) AS outcomeA,
    coalesce(b.verdict, b.status) AS outcomeB,
    a.score AS scoreA,
    b.score AS scoreB,
    coalesce(a.violated, []) AS violatedA,
    coalesce(b.violated, []) AS violatedB,
    a.content_sha256 IS DISTINCT FROM b.content_sha256 AS otherText,
    coalesce(b.text, a.text) AS text
  FROM ${source(dirA, a, "a")} FULL OUTER JOIN ${source(dirB, b, "b")}
    ON a.conversation = b.conversation AND a.turn = b.turn AND a.policy = b.policy`;

const COUNTS = `
  SELECT
    count(*) FILTER (inA AND inB) AS both,
    count(*) FILTER (NOT inB) AS onlyA,
    count(*) FILTER (NOT inA) AS onlyB,
    count(*) FILTER (inA AND inB AND otherText) AS otherText
  FROM turns`;

const CHANGES = `
  SELECT policy, role, outcomeA AS "from", outcomeB AS "to", count(*) AS turns
  FROM turns WHERE inA AND inB AND outcomeA <> outcomeB
  GROUP BY ALL ORDER BY turns DESC, policy, role, "from", "to"`;

const CATEGORIES = `
  WITH lost AS (SELECT policy, role, unnest(list_filter(violatedA, code -> NOT list_contains(violatedB, code))) AS category
                FROM turns WHERE inA AND inB),
       won AS (SELECT policy, role, unnest(list_filter(violatedB, code -> NOT list_contains(violatedA, code))) AS category
               FROM turns WHERE inA AND inB),
       sides AS (SELECT *, 1 AS lost, 0 AS won FROM lost UNION ALL SELECT *, 0, 1 FROM won)
  SELECT * FROM (
    SELECT policy, category, role, sum(lost)::BIGINT AS onlyA, sum(won)::BIGINT AS onlyB FROM sides GROUP BY ALL
  )
  ORDER BY policy, TRY_CAST(substr(category, 2) AS INTEGER), category, role DESC`;

const SCORES = `
  SELECT policy, role, count(*) AS turns, avg(scoreB - scoreA) AS mean,
    avg(abs(scoreB - scoreA)) AS meanAbsolute, max(abs(scoreB - scoreA)) AS maxAbsolute
  FROM turns WHERE inA AND inB AND scoreA IS NOT NULL AND scoreB IS NOT NULL
  GROUP BY ALL ORDER BY policy, role DESC`;

const EXAMPLES = `
  SELECT conversation, turn, policy, role, outcomeA AS "from", outcomeB AS "to", scoreA, scoreB, violatedA, violatedB, text
  FROM turns WHERE inA AND inB AND (outcomeA <> outcomeB OR violatedA <> violatedB)
  ORDER BY abs(scoreB - scoreA) DESC NULLS FIRST, conversation, turn, policy`;

function createAsk({ connection }: Database) {
  return async <Row>(sql: string): Promise<Row[]> => {
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
    // Counts come as 64-bit integers, and none of these is beyond what a number holds.
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]),
      ),
    ) as Row[];
  };
}
