import { markdownTable } from "../markdown-table.js";
import type { CardFigures, FormatFigures } from "./measure-provider.js";
import type { ProviderState } from "./find-cards.js";
import type { TorchFigures } from "./torch.js";

export interface GpuReport {
  readonly model: string;
  readonly providers: readonly (ProviderState & { readonly figures: CardFigures | null })[];
  readonly torch: TorchFigures | { readonly notRun: string } | null;
}

/** Of the largest output. In two tiny layers float16 rounding costs 0.0005; a mask that lets sequences see one another, 0.02. */
const MOST_FROM_ALONE = 0.005;

const tera = (perSecond: number): string => (perSecond / 1e12).toPrecision(3);
const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

export function describeReport({ model, providers, torch }: GpuReport): string {
  const states = providers.map(({ provider, adapter, notRun }) => [
    ...[provider, adapter?.name ?? "", notRun === null ? "run" : `not run: ${notRun}`],
  ]);
  const torchState = torch === null ? [] : [torchRow(torch)];
  const sections = providers.flatMap(({ provider, adapter, figures }) =>
    figures === null
      ? []
      : [`**${provider} on ${adapter?.name ?? "?"}, ${model}**`, describeFigures(figures)],
  );
  const torchSection = torch === null || "notRun" in torch ? [] : [describeTorch(torch, model)];
  return [
    markdownTable(["GPU by", "adapter", ""], [...states, ...torchState]),
    ...sections,
    ...torchSection,
  ].join("\n\n");
}

const torchRow = (torch: TorchFigures | { readonly notRun: string }): string[] =>
  "notRun" in torch ? ["PyTorch", "", `not run: ${torch.notRun}`] : ["PyTorch", torch.device, "run"];

function describeFigures({ peaks, formats }: CardFigures): string {
  const peakRows = (["F16", "F32"] as const).map((type) => {
    const peak = peaks[type];
    const name = type === "F16" ? "float16 products" : "float32 products";
    return [name, typeof peak === "string" ? `not run: ${peak}` : `${tera(peak)} TFLOP/s`];
  });
  const placed = formats.map((one) =>
    "failed" in one ? `${one.format} not run: ${one.failed}.` : `${one.format}: ${one.placed}.`,
  );
  const head = [
    ...["format", "sequences", "tokens per second", "ms of a step", "TFLOP/s", "of the peak"],
    ...["logits from the CPU's, same weights", "P(unsafe) from those", "P(unsafe) from its float32", ""],
  ];
  return [
    markdownTable(["at best", ""], peakRows),
    markdownTable(
      head,
      formats.flatMap((one) => formatRows(one, peaks)),
    ),
    ...placed,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function formatRows(figures: FormatFigures, peaks: CardFigures["peaks"]): string[][] {
  if ("failed" in figures) return [];
  const { format, plans, peakType } = figures;
  const peak = peaks[peakType];
  return plans.map((plan) => [
    ...[format, String(plan.sequences), plan.tokensPerSecond.toFixed(0), plan.stepMs.toFixed(1)],
    tera(plan.operationsPerSecond),
    typeof peak === "string" ? "" : percent(plan.operationsPerSecond / peak),
    plan.fromSameWeights.mostLogit.toFixed(5),
    ...[plan.fromSameWeights.mostScore.toFixed(5), plan.fromFp32.mostScore.toFixed(5)],
    plan.counts ? "" : "wrong: does not count",
  ]);
}

function describeTorch({ device, peakPerSecond, plans }: TorchFigures, model: string): string {
  const rows = plans.map(({ sequences, tokensPerSecond, stepMs, operationsPerSecond, fromAlone }) => [
    ...[String(sequences), tokensPerSecond.toFixed(0), stepMs.toFixed(2), tera(operationsPerSecond)],
    ...[percent(operationsPerSecond / peakPerSecond), fromAlone.toFixed(5)],
    fromAlone <= MOST_FROM_ALONE ? "" : "wrong: does not count",
  ]);
  const head = [
    "sequences",
    "tokens per second",
    "ms of a step",
    "TFLOP/s",
    "of the peak",
    "from each alone",
  ];
  return [
    `**PyTorch on ${device}, ${model}, float16; products alone reach ${tera(peakPerSecond)} TFLOP/s**`,
    markdownTable(head, rows),
  ].join("\n\n");
}
