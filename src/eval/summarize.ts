import { randomOf } from "../dataset/index.js";
import { decide } from "../guard/index.js";
import type { Calibration, JudgedRole, Policy } from "../policy/index.js";
import { asReading } from "./judge-row.js";
import { estimate, type Estimates } from "./metrics/bootstrap.js";
import { curvesOf, type Curves } from "./metrics/curves.js";
import type { Confusion } from "./metrics/decision-figures.js";
import { figuresOf, policyConfusion, type Figures } from "./metrics/figures.js";
import { countSides } from "./metrics/ranking-figures.js";
import { createSample, onceEach, type Sample, type Scored } from "./metrics/sample.js";
import type { JudgedRow, RowOutcome } from "./row-outcome.js";
import { identityOf, type RunRecord } from "./run-record.js";

export const EVAL_FORMAT = "portcullis-eval/1";

/** `eval.json`. */
export interface Evaluation {
  readonly format: typeof EVAL_FORMAT;
  readonly run: RunRecord;
  /** By which verdicts were reached; may be an overlay of the run's policy. */
  readonly policy: RunRecord["policy"] & { readonly calibration: Calibration | null };
  readonly coverage: Coverage;
  readonly bootstrap: { readonly draws: number; readonly seed: number; readonly unit: "prompt" };
  readonly overall: Slice;
  readonly roles: Readonly<Record<JudgedRole, Slice>>;
  readonly sources: Readonly<Record<string, Slice>>;
  /** Of rows whose categories are known; an item is unsafe when it is labelled with the category. */
  readonly categories: Readonly<Record<string, Slice>>;
  readonly curves: Readonly<Record<"all" | JudgedRole, Curves | null>>;
}

export interface Coverage {
  /** Rows that were to be judged. */
  readonly rows: number;
  readonly judged: number;
  /** Rows without a verdict by error code; figures are of judged rows only. */
  readonly failed: Readonly<Record<string, number>>;
  /** Rows that were never tried: the run was stopped. */
  readonly missing: number;
}

/** A part of the rows and its figures. */
export interface Slice {
  readonly rows: number;
  readonly unsafe: number;
  readonly safe: number;
  /** Different prompts; intervals rest on these. */
  readonly prompts: number;
  readonly confusion: Confusion;
  readonly figures: Estimates<Figures>;
}

export interface SummarizeOptions {
  readonly run: RunRecord;
  readonly policy: Policy;
  readonly draws: number;
  readonly seed: number;
  /** Whether the codes that rows are labelled with are those of the policy. */
  readonly byCategory: boolean;
}

export function summarize(outcomes: readonly RowOutcome[], options: SummarizeOptions): Evaluation {
  const { run, policy, draws, seed } = options;
  const judged = outcomes.filter((row) => row.status === "judged");
  const slice = (sample: Sample, ...name: string[]): Slice => sliceOf(sample, draws, seed, name);
  const ofRole = (role: JudgedRole): Sample =>
    createSample(judged.filter(({ target }) => target === role).map(scored));
  const [all, user, assistant] = [createSample(judged.map(scored)), ofRole("user"), ofRole("assistant")];
  const sources = [...new Set(judged.map(({ source }) => source))].sort();
  return {
    format: EVAL_FORMAT,
    run,
    policy: { ...identityOf(policy), calibration: policy.calibration ?? null },
    coverage: coverageOf(outcomes, run),
    bootstrap: { draws, seed, unit: "prompt" },
    overall: slice(all, "all"),
    roles: { user: slice(user, "role", "user"), assistant: slice(assistant, "role", "assistant") },
    sources: Object.fromEntries(
      sources.map((name) => {
        const rows = judged.filter(({ source }) => source === name);
        return [name, slice(createSample(rows.map(scored)), "source", name)];
      }),
    ),
    categories: options.byCategory ? categoriesOf(judged, policy, slice) : {},
    curves: { all: curvesOf(all), user: curvesOf(user), assistant: curvesOf(assistant) },
  };
}

const scored = ({ label, score, verdict, group }: JudgedRow): Scored => ({
  unsafe: label === "unsafe",
  score,
  flagged: verdict === "unsafe",
  group,
});

function sliceOf(sample: Sample, draws: number, seed: number, name: readonly string[]): Slice {
  const weights = onceEach(sample);
  const [unsafe, safe] = countSides(sample, weights);
  const random = randomOf("bootstrap", seed, ...name);
  return {
    rows: sample.size,
    unsafe,
    safe,
    prompts: sample.groupCount,
    confusion: policyConfusion(sample, weights),
    figures: estimate(sample, weights, figuresOf, { draws, random }),
  };
}

function categoriesOf(
  judged: readonly JudgedRow[],
  policy: Policy,
  slice: (sample: Sample, ...name: string[]) => Slice,
): Record<string, Slice> {
  const known = judged.flatMap((row) => {
    const decision = decide(policy.categories, row.target, row.readings.map(asReading), policy.calibration);
    return row.categories === null
      ? []
      : [{ row, categories: row.categories, judgements: decision.categories }];
  });
  return Object.fromEntries(
    policy.categories.map(({ code }, at) => {
      const items = known.map(({ row, categories, judgements }) => ({
        unsafe: categories.includes(code),
        score: judgements[at]!.score,
        flagged: judgements[at]!.violated,
        group: row.group,
      }));
      return [code, slice(createSample(items), "category", code)];
    }),
  );
}

function coverageOf(outcomes: readonly RowOutcome[], { data }: RunRecord): Coverage {
  const failed: Record<string, number> = {};
  for (const row of outcomes) if (row.status === "error") failed[row.error] = (failed[row.error] ?? 0) + 1;
  const judged = outcomes.filter(({ status }) => status === "judged").length;
  return { rows: data.chosen, judged, failed, missing: data.chosen - outcomes.length };
}
