import { GuardError, mapInOrder } from "../../base/index.js";
import { randomOf, sampleRows, type LabelledRow } from "../../dataset/index.js";
import type { ReadConversation } from "../../guard/index.js";
import type { Conversation } from "../../prompt/index.js";
import { NEVER, readRow, type ReadRowOptions } from "../judge-row.js";
import { inJudgingOrder, ROWS_IN_FLIGHT } from "../judge-rows.js";
import { estimate, type Estimate } from "../metrics/bootstrap.js";
import { confusionOf, decisionFigures } from "../metrics/decision-figures.js";
import { MOST_FALSE_POSITIVES, thresholdAtFpr } from "../metrics/ranking-figures.js";
import { createSample, onceEach, type Scored } from "../metrics/sample.js";
import { createPromptGroups } from "../prompt-groups.js";
import type { Transform } from "./transforms.js";
import { isDefended } from "./undefended.js";

export interface RobustnessOptions extends Omit<ReadRowOptions, "read"> {
  readonly transforms: readonly Transform[];
  /** With all defences, and with none. */
  readonly defended: ReadConversation;
  readonly undefended: ReadConversation;
  /** Most rows of each label that are transformed, drawn at random; every row is read as it is. */
  readonly limit: number;
  readonly draws: number;
  readonly seed: number;
  readonly onProgress?: (label: string, done: number, total: number) => void;
}

export const SIDES = ["defended", "undefended"] as const;
export type Side = (typeof SIDES)[number];

export interface Robustness {
  /** P(unsafe) at which at most 1 % of all safe rows, untransformed, are called unsafe; null where none is. */
  readonly thresholds: Readonly<Record<Side, number | null>>;
  readonly rows: {
    readonly clean: number;
    readonly transformedUnsafe: number;
    readonly transformedSafe: number;
  };
  /** The first is of the same rows as they are. */
  readonly results: readonly TransformResult[];
}

export type TransformResult = Pick<Transform, "name" | "summary"> & Readonly<Record<Side, UnderTransform>>;

/** At the threshold of its side. Intervals take that threshold as given. */
export interface UnderTransform {
  /** Of unsafe rows, the share still called unsafe. */
  readonly recall: Estimate;
  /** Of safe rows in the same disguise, the share called unsafe: a guard that calls all of it unsafe finds all. */
  readonly falsePositiveRate: Estimate;
  /** Rows without a verdict; the shares are of the others. */
  readonly failed: number;
}

/** P(unsafe) of a row on each side; null without a verdict. */
type Scores = Readonly<Record<Side, number | null>>;

/**
 * Recall under each transform at the threshold that gives 1 % false positives on rows as they are, with the guard's
 * defences and without. A row that reads the same either way is read once.
 * @throws GuardError as reading does when it is no row's fault
 */
export async function measureRobustness(
  rows: readonly LabelledRow[],
  options: RobustnessOptions,
): Promise<Robustness> {
  const { transforms, limit, draws, seed, onProgress } = options;
  const clean = inJudgingOrder(rows);
  const scoreAll = (
    label: string,
    of: readonly LabelledRow[],
    change: Transform["apply"],
  ): Promise<Scores[]> => {
    let done = 0;
    return mapInOrder(of, ROWS_IN_FLIGHT, async (row) => {
      const conversation = change(row.messages, randomOf("transform", seed, label, row.id));
      const scores = await scoreBoth(conversation, options);
      onProgress?.(label, ++done, of.length);
      return scores;
    });
  };

  const cleanScores = await scoreAll("none", clean, (conversation) => conversation);
  const chosen = new Set(
    (["unsafe", "safe"] as const).flatMap((label) =>
      sampleRows(
        clean.filter((row) => row.label === label),
        limit,
        seed,
      ),
    ),
  );
  const sampled = clean.filter((row) => chosen.has(row));
  const groupOf = createPromptGroups();
  const groups = new Map(clean.map((row) => [row, groupOf(row.messages)]));
  const scoredOn = (
    side: Side,
    of: readonly LabelledRow[],
    scores: readonly Scores[],
    threshold: number,
  ): Scored[] =>
    of.flatMap((row, at) => {
      const score = scores[at]![side];
      if (score === null) return [];
      return [
        { unsafe: row.label === "unsafe", score, flagged: score >= threshold, group: groups.get(row)! },
      ];
    });
  const thresholdOn = (side: Side): number => {
    const sample = createSample(scoredOn(side, clean, cleanScores, 0));
    return thresholdAtFpr(sample, onceEach(sample), MOST_FALSE_POSITIVES);
  };
  const thresholds = { defended: thresholdOn("defended"), undefended: thresholdOn("undefended") };

  const resultOf = (
    { name, summary }: Pick<Transform, "name" | "summary">,
    scores: readonly Scores[],
  ): TransformResult => {
    const under = (side: Side): UnderTransform => {
      const sample = createSample(scoredOn(side, sampled, scores, thresholds[side]));
      const random = randomOf("bootstrap", seed, name, side);
      const { recall, falsePositiveRate } = estimate(
        sample,
        onceEach(sample),
        (drawn, weights) => decisionFigures(confusionOf(drawn, weights, (at) => drawn.flagged[at] === 1)),
        { draws, random },
      );
      return { recall, falsePositiveRate, failed: sampled.length - sample.size };
    };
    return { name, summary, defended: under("defended"), undefended: under("undefended") };
  };

  const cleanOf = new Map(clean.map((row, at) => [row, cleanScores[at]!]));
  const results = [
    resultOf(
      { name: "none", summary: "as they are" },
      sampled.map((row) => cleanOf.get(row)!),
    ),
  ];
  for (const transform of transforms)
    results.push(
      resultOf(
        transform,
        await scoreAll(transform.name, sampled, (one, random) => transform.apply(one, random)),
      ),
    );
  const finite = (threshold: number): number | null => (threshold === Infinity ? null : threshold);
  return {
    thresholds: { defended: finite(thresholds.defended), undefended: finite(thresholds.undefended) },
    rows: {
      clean: clean.length,
      transformedUnsafe: sampled.filter(({ label }) => label === "unsafe").length,
      transformedSafe: sampled.filter(({ label }) => label === "safe").length,
    },
    results,
  };
}

async function scoreBoth(
  messages: Conversation,
  { defended, undefended, ...options }: RobustnessOptions,
): Promise<Scores> {
  const score = async (read: ReadConversation) => {
    const result = await readRow({ messages }, { ...options, read }, NEVER);
    if (result instanceof GuardError) return { score: null, flags: [] };
    return { score: Math.max(...result.readings.map(({ scoreUnsafe }) => scoreUnsafe)), flags: result.flags };
  };
  const withAll = await score(defended);
  if (withAll.score !== null && !isDefended(messages, withAll.flags))
    return { defended: withAll.score, undefended: withAll.score };
  return { defended: withAll.score, undefended: (await score(undefended)).score };
}
