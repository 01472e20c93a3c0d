import type { ModelGeometry } from "../../model/index.js";
import { median } from "../statistics.js";
import { agrees, compareLogits, type Agreement } from "./agreement.js";
import type { ChainSize, GpuProvider, PeakType, PlansAnswer } from "./gpu-task.js";
import type { GuardFormat, Guards } from "./make-guards.js";
import { demandOf, newTokensOf, type PackedPlan } from "./packed-plan.js";
import { describePlaced } from "./placed-nodes.js";
import { runTask } from "./run-task.js";

export interface PlanFigures {
  readonly sequences: number;
  readonly tokensPerSecond: number;
  readonly stepMs: number;
  readonly operationsPerSecond: number;
}

/** A step on a card, and whether it says what the CPU says of the same weights. */
export interface CheckedFigures extends PlanFigures {
  readonly fromSameWeights: Agreement;
  readonly fromFp32: Agreement;
  readonly counts: boolean;
}

/** A format on a card, or why it did not run there. */
export type FormatFigures = { readonly format: GuardFormat } & (
  | { readonly failed: string }
  | {
      readonly plans: readonly CheckedFigures[];
      readonly placed: string;
      /** What its products and attention compute in. */
      readonly peakType: PeakType;
    }
);

export interface CardFigures {
  /** Operations per second of products alone, or why there is no such figure. */
  readonly peaks: Readonly<Record<PeakType, number | string>>;
  readonly formats: readonly FormatFigures[];
}

export interface MeasuredSizes {
  readonly plans: readonly PackedPlan[];
  readonly runs: number;
  readonly chain: ChainSize;
}

/** Shaders are compiled and weights of gigabytes read before the first answer. */
const TIMEOUT_MS = 600_000;

/** The CPU's answers to the same steps, by format. */
export type References = ReadonlyMap<GuardFormat, PlansAnswer>;

/** float16 weights are set beside the float32 graph: the CPU has no float16 arithmetic of its own. */
export const referenceOf = (format: GuardFormat): GuardFormat => (format === "fp16" ? "fp32" : format);

/** @throws Error when the CPU fails, which is no matter of a card */
export async function askCpu(
  guards: Guards,
  formats: readonly GuardFormat[],
  plans: readonly PackedPlan[],
): Promise<References> {
  const answers = new Map<GuardFormat, PlansAnswer>();
  for (const format of formats) {
    const modelDir = guards.folder(format);
    const outcome = await runTask<"plans">(
      { kind: "plans", provider: "cpu", modelDir, plans, runs: 1 },
      TIMEOUT_MS,
    );
    if ("failed" in outcome) throw new Error(`the CPU did not run ${format}: ${outcome.failed}`);
    answers.set(format, outcome.value);
  }
  return answers;
}

export async function measureProvider(
  provider: GpuProvider,
  guards: Guards,
  formats: readonly GuardFormat[],
  references: References,
  sizes: MeasuredSizes,
): Promise<CardFigures> {
  const { plans, runs, chain } = sizes;
  const peak = async (type: PeakType): Promise<number | string> => {
    const outcome = await runTask<"peak">({ kind: "peak", provider, type, size: chain }, TIMEOUT_MS);
    return "failed" in outcome ? outcome.failed : outcome.value.perSecond;
  };
  const measured: FormatFigures[] = [];
  for (const format of formats) {
    const task = { kind: "plans", provider, modelDir: guards.folder(format), plans, runs } as const;
    const outcome = await runTask<"plans">(task, TIMEOUT_MS);
    if ("failed" in outcome) {
      measured.push({ format, failed: outcome.failed });
      continue;
    }
    const { value } = outcome;
    const checked = plans.map((plan, i): CheckedFigures => {
      const from = (reference: GuardFormat): Agreement =>
        compareLogits(value.plans[i]!.logits, references.get(reference)!.plans[i]!.logits, guards.columns);
      const fromSameWeights = from(referenceOf(format));
      const figures = figuresOf(value.geometry, plan, median(value.plans[i]!.ms));
      return { ...figures, fromSameWeights, fromFp32: from("fp32"), counts: agrees(fromSameWeights) };
    });
    const peakType = format === "fp16" ? "F16" : "F32";
    measured.push({ format, plans: checked, placed: describePlaced(value.placed), peakType });
  }
  return { peaks: { F16: await peak("F16"), F32: await peak("F32") }, formats: measured };
}

export const figuresOf = (geometry: ModelGeometry, plan: PackedPlan, stepMs: number): PlanFigures => ({
  sequences: plan.sequences.length,
  tokensPerSecond: (1000 * newTokensOf(plan)) / stepMs,
  stepMs,
  operationsPerSecond: (1000 * demandOf(geometry, plan)) / stepMs,
});
