import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom, type Random } from "../../../src/base/index.js";
import { openDatabase } from "../../../src/duckdb/index.js";
import type { ReportedPolicy, ReportedRun } from "../../../src/audit/report/reported-run.js";

/** A row of `verdicts/` as far as a report reads it. */
export interface FakeRow {
  readonly conversation: string;
  readonly source: string;
  readonly row: number;
  readonly turn: number;
  readonly role: "user" | "assistant";
  readonly day: string | null;
  readonly policy: string;
  readonly status: "judged" | "failed" | "not_judged";
  readonly verdict: "safe" | "unsafe" | null;
  readonly action: "block" | "flag" | "allow" | null;
  readonly score: number | null;
  readonly violated: readonly string[];
  readonly scores: Readonly<Record<string, number>>;
  readonly flags: readonly string[];
  readonly error: string | null;
  readonly text: string | null;
}

export interface FakeFault {
  readonly source: string;
  readonly row: number | null;
  readonly code: string;
  readonly message: string;
}

export interface FakeRunOptions {
  readonly conversations?: number;
  /** Days the conversations are spread over; 0 for logs without days. */
  readonly days?: number;
  readonly sources?: number;
  readonly policies?: readonly ReportedPolicy[];
  readonly unsafeShare?: number;
  /** Of turns, 0..1, that fail, and as many again that hold nothing to judge. */
  readonly failedShare?: number;
  readonly keepText?: boolean;
  /** Goes into names of files, keys of conversations and texts. */
  readonly rubbish?: string;
  readonly faults?: readonly FakeFault[];
  readonly notice?: string;
  readonly seed?: number;
}

const NAMES = [
  "Violent Crimes",
  "Non-Violent Crimes",
  "Sex-Related Crimes",
  "Child Sexual Exploitation",
  "Specialized Advice",
  "Privacy",
  "Intellectual Property",
  "Indiscriminate Weapons",
  "Hate",
  "Suicide & Self-Harm",
  "Sexual Content",
] as const;

export function fakePolicy(id: string, categories = 11, threshold = 0.5): ReportedPolicy {
  return {
    id,
    version: "1.0.0",
    sha256: id.length.toString(16).padStart(2, "0").repeat(32),
    notice: "Category texts of Llama Guard: Meta Llama 3 Community License. Built with Meta Llama 3.",
    categories: Array.from({ length: categories }, (_, at) => ({
      code: `S${String(at + 1)}`,
      name: NAMES[at] ?? `House rule number ${String(at + 1)}`,
      rules: {
        user: { threshold, action: at % 4 === 3 ? "flag" : "block" },
        assistant: { threshold: at === 2 ? Math.min(threshold + 0.1, 1) : threshold, action: "block" },
      },
    })),
  };
}

const DAY_MS = 86_400_000;
const STARTER_NOTICE =
  "A small model trained from scratch so that the service works out of the box. It is not Llama Guard 2 and must not be relied on to keep anyone safe.";

/** Rows as an audit of a busy chatbot might leave them: most turns clearly safe, some sources and days worse. */
export function fakeRows(options: FakeRunOptions): FakeRow[] {
  const random = seededRandom(options.seed ?? 7);
  const { conversations = 400, sources = 3, days = 60, unsafeShare = 0.05, failedShare = 0.004 } = options;
  const { policies = [fakePolicy("llama-guard-2")], keepText = false, rubbish = "" } = options;
  const rows: FakeRow[] = [];
  for (let at = 0; at < conversations; at += 1) {
    const sourceAt = Math.floor(random() ** 2 * sources);
    const dayAt = Math.floor((at / conversations) * days);
    const wave = 1 + 0.6 * Math.sin(dayAt / 9) + (sourceAt % 5) * 0.15;
    const turns = 1 + Math.floor(random() * 7);
    const frame = {
      conversation: `conv-${String(at).padStart(6, "0")}${rubbish}`,
      source: `logs/2026/part-${String(sourceAt).padStart(3, "0")}${rubbish}.jsonl.gz`,
      row: at + 1,
      day:
        days === 0
          ? null
          : new Date(Date.UTC(2026, 10, 25) - (days - 1 - dayAt) * DAY_MS).toISOString().slice(0, 10),
    };
    for (let turn = 0; turn < turns; turn += 1)
      for (const policy of policies) {
        const share = unsafeShare * wave * (turn % 2 === 0 ? 1 : 0.4);
        rows.push({
          ...frame,
          turn,
          role: turn % 2 === 0 ? "user" : "assistant",
          policy: policy.id,
          ...judge(random, policy, share, failedShare),
          text: keepText
            ? `Said in turn ${String(turn)}:\n${"words ".repeat(turn * 150 + 3)}${rubbish}`
            : null,
        });
      }
  }
  return rows;
}

function judge(random: Random, policy: ReportedPolicy, unsafeShare: number, failedShare: number) {
  const nothing = { verdict: null, action: null, score: null, violated: [], scores: {}, flags: [] };
  const fate = random();
  if (fate < failedShare)
    return {
      ...nothing,
      status: "failed" as const,
      error: fate < failedShare / 3 ? "deadline_exceeded" : "unreadable_output",
    };
  if (fate < 2 * failedShare) return { ...nothing, status: "not_judged" as const, error: "empty" };
  const isUnsafe = random() < unsafeShare;
  const score = isUnsafe ? 1 - 0.5 * random() ** 2 : 0.499 * random() ** 5;
  const category = policy.categories[Math.floor(random() ** 1.7 * policy.categories.length)];
  const violated = isUnsafe && category !== undefined ? [category.code] : [];
  if (isUnsafe && random() < 0.1 && category !== policy.categories[0]) violated.unshift("S1");
  return {
    status: "judged" as const,
    verdict: isUnsafe ? ("unsafe" as const) : ("safe" as const),
    action: isUnsafe ? (category?.rules.user.action ?? "block") : ("allow" as const),
    score,
    violated,
    scores: Object.fromEntries(violated.map((code) => [code, score])),
    flags: random() < 0.01 ? ["delimiter_spoof"] : random() < 0.02 ? ["windowed"] : [],
    error: null,
  };
}

/** Writes the folder of a finished run that holds `rows`. */
export async function writeFakeRun(
  dir: string,
  rows: readonly FakeRow[],
  { policies = [fakePolicy("llama-guard-2")], faults = [], notice = STARTER_NOTICE }: FakeRunOptions = {},
): Promise<ReportedRun> {
  mkdirSync(join(dir, "verdicts"), { recursive: true });
  await using database = await openDatabase();
  const write = async (path: string, columns: string, entries: readonly object[]): Promise<string> => {
    const json = join(dir, "rows.jsonl");
    writeFileSync(json, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    await database.connection.run(
      `COPY (SELECT * FROM read_json('${json}', format = 'newline_delimited', columns = {${columns}}))
       TO '${join(dir, path)}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    rmSync(json);
    return path;
  };
  const half = Math.ceil(rows.length / 2);
  const files: string[] = [];
  for (const part of [rows.slice(0, half), rows.slice(half)])
    if (part.length > 0)
      files.push(await write(`verdicts/part-00000${String(files.length)}.parquet`, VERDICT_COLUMNS, part));
  files.push(await write("faults.parquet", FAULT_COLUMNS, faults));
  const run: ReportedRun = {
    portcullis: "0.1.0",
    inputs: [...new Set(rows.map(({ source }) => source))].map((source, at) => ({
      source,
      bytes: 1_048_576 * (at + 1),
      version: "2026-11-24T08:00:00.000Z",
    })),
    policies,
    model: { id: "portcullis-starter-guard", sha256: "e9bc".repeat(16), notice },
    startedAt: "2026-11-25T10:00:00.000Z",
    finishedAt: "2026-11-25T11:12:31.000Z",
    seconds: 4351.2,
    used: {
      promptTokens: rows.length * 700,
      cachedTokens: rows.length * 620,
      computedTokens: rows.length * 82,
    },
    counts: {
      conversations: new Set(rows.map(({ conversation }) => conversation)).size,
      turns: rows.length / policies.length,
      unreadRecords: faults.length,
      duplicates: Math.floor(rows.length / 50),
    },
    files: files.map((path) => ({ path })),
    signature: "5161".repeat(16),
    seal: "5ea1".repeat(16),
  };
  writeFileSync(join(dir, "run.json"), JSON.stringify(run));
  return run;
}

const VERDICT_COLUMNS =
  "conversation: 'VARCHAR', source: 'VARCHAR', row: 'BIGINT', turn: 'INTEGER', role: 'VARCHAR', day: 'DATE', " +
  "policy: 'VARCHAR', status: 'VARCHAR', verdict: 'VARCHAR', action: 'VARCHAR', score: 'DOUBLE', " +
  "violated: 'VARCHAR[]', scores: 'MAP(VARCHAR, DOUBLE)', flags: 'VARCHAR[]', error: 'VARCHAR', text: 'VARCHAR'";
const FAULT_COLUMNS = "source: 'VARCHAR', row: 'BIGINT', code: 'VARCHAR', message: 'VARCHAR'";
