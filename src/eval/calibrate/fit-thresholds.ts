/** A row as thresholds see it. */
export interface NamedRow {
  readonly unsafe: boolean;
  /** Calibrated P(unsafe) at which each code is named; codes that no reading names are left out. */
  readonly namedAt: ReadonlyMap<string, number>;
}

export type Aim = { readonly kind: "f1" } | { readonly kind: "fpr"; readonly share: number };

export type Thresholds = ReadonlyMap<string, number>;

/** Of fewer rows of one label that name a category, its own threshold would be chance; the common one holds. */
export const LEAST_NAMED = 30;

/** Rounds of going through the categories; each can only gain, and two or three are the rule. */
const MOST_ROUNDS = 10;
/** Above every probability: nothing is called unsafe. */
const NOTHING = 1;

/**
 * One threshold for all categories: of those that reach the aim the lowest, which calls most unsafe. F1 is the
 * verdict's; for a share of false positives it is the lowest threshold that keeps below.
 */
export function fitCommon(rows: readonly NamedRow[], aim: Aim): number {
  const top = rows.map(({ unsafe, namedAt }) => ({ unsafe, score: Math.max(-1, ...namedAt.values()) }));
  return bestCut(top, { truePositives: 0, falsePositives: 0 }, countOf(rows), aim);
}

/**
 * A threshold for each category that enough rows name, by coordinate ascent on the figure of the whole verdict from
 * the common threshold on: a category's is moved to where the verdict gains most, the others standing still.
 */
export function fitThresholds(
  rows: readonly NamedRow[],
  codes: readonly string[],
  aim: Aim,
): Map<string, number> {
  const common = fitCommon(rows, aim);
  const thresholds = new Map(codes.map((code) => [code, common]));
  const own = codes.filter((code) =>
    [true, false].every(
      (label) =>
        rows.filter(({ unsafe, namedAt }) => unsafe === label && namedAt.has(code)).length >= LEAST_NAMED,
    ),
  );
  const counts = countOf(rows);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let moved = false;
    for (const code of own) {
      const flaggedElsewhere = (row: NamedRow): boolean =>
        [...row.namedAt].some(([other, at]) => other !== code && at >= thresholds.get(other)!);
      const fixed = { truePositives: 0, falsePositives: 0 };
      const open: { unsafe: boolean; score: number }[] = [];
      for (const row of rows) {
        if (!flaggedElsewhere(row)) open.push({ unsafe: row.unsafe, score: row.namedAt.get(code) ?? -1 });
        else if (row.unsafe) fixed.truePositives += 1;
        else fixed.falsePositives += 1;
      }
      const best = bestCut(open, fixed, counts, aim, thresholds.get(code)!);
      moved ||= best !== thresholds.get(code);
      thresholds.set(code, best);
    }
    if (!moved) break;
  }
  return thresholds;
}

export const isFlagged = ({ namedAt }: NamedRow, thresholds: Thresholds): boolean =>
  [...namedAt].some(([code, at]) => at >= thresholds.get(code)!);

interface Counts {
  readonly unsafe: number;
  readonly safe: number;
}
interface Positives {
  readonly truePositives: number;
  readonly falsePositives: number;
}

const countOf = (rows: readonly { readonly unsafe: boolean }[]): Counts => {
  const unsafe = rows.filter((row) => row.unsafe).length;
  return { unsafe, safe: rows.length - unsafe };
};

/** Higher is better; below 0 where the aim is missed. */
function worth({ truePositives, falsePositives }: Positives, { unsafe, safe }: Counts, aim: Aim): number {
  if (aim.kind === "f1") return (2 * truePositives) / Math.max(1, truePositives + falsePositives + unsafe);
  return falsePositives <= aim.share * safe ? truePositives / Math.max(1, unsafe) : -falsePositives;
}

/**
 * The threshold between two neighbouring scores at which the figure is best; of equals the one that was in force,
 * then the lowest.
 */
function bestCut(
  items: readonly { readonly unsafe: boolean; readonly score: number }[],
  fixed: Positives,
  counts: Counts,
  aim: Aim,
  inForce?: number,
): number {
  const sorted = items.filter(({ score }) => score >= 0).sort((one, other) => other.score - one.score);
  const passes = (threshold: number): Positives => ({
    truePositives:
      fixed.truePositives + sorted.filter(({ unsafe, score }) => unsafe && score >= threshold).length,
    falsePositives:
      fixed.falsePositives + sorted.filter(({ unsafe, score }) => !unsafe && score >= threshold).length,
  });
  let best = inForce ?? NOTHING;
  let most = worth(passes(best), counts, aim);
  let { truePositives, falsePositives } = fixed;
  sorted.forEach(({ unsafe, score }, at) => {
    if (unsafe) truePositives += 1;
    else falsePositives += 1;
    const next = sorted[at + 1]?.score;
    if (next === score) return;
    const gained = worth({ truePositives, falsePositives }, counts, aim);
    if (gained > most || (inForce === undefined && gained === most)) {
      most = gained;
      best = (score + (next ?? 0)) / 2;
    }
  });
  return best;
}
