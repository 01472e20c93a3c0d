import type { Chart, LineSeries, ReliabilityChart } from "../../charts/index.js";
import type { Curves } from "../metrics/curves.js";
import type { Evaluation } from "../summarize.js";

const SERIES = [
  ["all", "all rows"],
  ["user", "messages of users"],
  ["assistant", "messages of assistants"],
] as const;

/** What can be drawn of an evaluation; of rows with one label only, nothing. */
export function evaluationCharts({ curves, overall }: Evaluation): Chart[] {
  if (curves.all === null) return [];
  const series = (pointsOf: (curves: Curves) => LineSeries["points"]): LineSeries[] =>
    SERIES.flatMap(([name, title]) => {
      const own = curves[name];
      return own === null ? [] : [{ name: title, points: pointsOf(own), draw: "line" as const }];
    });
  const { auprc, auroc, ece } = overall.figures;
  const share = { scale: "linear", min: 0, max: 1 } as const;
  return [
    {
      kind: "lines",
      id: "precision-recall",
      title: "Precision over recall",
      summary: `Average precision over all rows is ${digits(auprc.value)}.`,
      x: { ...share, name: "recall" },
      y: { ...share, name: "precision" },
      series: series(({ precisionRecall }) =>
        precisionRecall.map(({ recall, precision }) => ({ x: recall, y: precision })),
      ),
    },
    {
      kind: "lines",
      id: "roc",
      title: "Recall over false positive rate",
      summary: `The area under the curve of all rows is ${digits(auroc.value)}.`,
      x: { ...share, name: "false positive rate" },
      y: { ...share, name: "recall" },
      series: series(({ roc }) =>
        roc.map(({ falsePositiveRate, recall }) => ({ x: falsePositiveRate, y: recall })),
      ),
      diagonal: "chance",
    },
    reliabilityChart(curves.all, digits(ece.value)),
  ];
}

function reliabilityChart({ reliability }: Curves, ece: string): ReliabilityChart {
  const ascending = reliability.toReversed();
  // Bins hold equally many rows: one ends where the next begins, halfway between their mean scores.
  const edges = ascending.slice(1).map((bin, at) => (bin.meanScore + ascending[at]!.meanScore) / 2);
  return {
    kind: "reliability",
    id: "reliability",
    title: "What became of scores",
    summary: `Share of unsafe rows by score, in bins of equally many rows; on average they lie ${ece} apart.`,
    scoreName: "P(unsafe)",
    shareName: "share that is unsafe",
    bins: ascending.map(({ items, meanScore, unsafeShare }, at) => ({
      from: edges[at - 1] ?? 0,
      to: edges[at] ?? 1,
      count: items,
      meanScore,
      share: unsafeShare,
    })),
  };
}

const digits = (figure: number | null): string => figure?.toFixed(3) ?? "not defined";
