import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PACKAGE_ROOT } from "../../base/index.js";
import type { ModelGeometry } from "../../model/index.js";
import type { Shape } from "../full-size/synthetic-checkpoint.js";
import { nvidiaCard } from "./adapter.js";
import { figuresOf, type PlanFigures } from "./measure-provider.js";
import { oneLine } from "./one-line.js";
import type { PackedPlan } from "./packed-plan.js";

export interface TorchFigures {
  readonly device: string;
  readonly peakPerSecond: number;
  /** `fromAlone`: how far the furthest output is from that of the sequence by itself, over the largest output. */
  readonly plans: readonly (PlanFigures & { readonly fromAlone: number })[];
}

interface TorchAnswer {
  readonly device: string;
  readonly peakPerSecond: number;
  readonly plans: readonly { readonly stepMs: number; readonly fromAlone: number }[];
}

const SCRIPT = join(PACKAGE_ROOT, "bench/gpu/torch-step.py");
const TIMEOUT_MS = 600_000;

/** The same steps with random weights, where the runtime itself has no way to a card. */
export async function runTorch(
  python: string,
  shape: Shape,
  plans: readonly PackedPlan[],
): Promise<TorchFigures | { readonly notRun: string }> {
  if ((await nvidiaCard()) === null) return { notRun: "there is no NVIDIA card" };
  const request = JSON.stringify({ ...shape, device: "cuda", dtype: "float16", plans });
  try {
    const { stdout } = await promisify(execFile)(python, [SCRIPT, request], { timeout: TIMEOUT_MS });
    const { device, peakPerSecond, plans: measured } = JSON.parse(stdout) as TorchAnswer;
    return {
      device,
      peakPerSecond,
      plans: plans.map((plan, i) => ({
        ...figuresOf(geometryOf(shape), plan, measured[i]!.stepMs),
        fromAlone: measured[i]!.fromAlone,
      })),
    };
  } catch (error) {
    return { notRun: oneLine(lastLine(error)) };
  }
}

const geometryOf = ({ hidden, ffn, vocab, ...same }: Shape): ModelGeometry => ({
  ...{ ...same, hiddenSize: hidden, ffnSize: ffn, vocabSize: vocab, contextTokens: 8192 },
  ...{ ropeTheta: 500_000, ropeScaling: null, rmsNormEps: 1e-5 },
});

/** Python ends a traceback with what it is about. */
const lastLine = (error: unknown): string => {
  const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
  return stderr?.trimEnd().split("\n").at(-1) || message;
};
