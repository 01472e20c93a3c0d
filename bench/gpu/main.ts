// A packed step on the card of this machine, beside the card's own matrix peak; without one, why there is no such figure.
// One JSON line per provider on stdout, tables on stderr; `--write` puts tables into docs/performance.md.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SMALL_VOCABULARY } from "../full-size/small-vocabulary.js";
import { SHAPE_8B, type Shape } from "../full-size/synthetic-checkpoint.js";
import { describeMachine } from "../machine.js";
import { writeSection } from "../write-section.js";
import { findCards, type ProviderState } from "./find-cards.js";
import { makeGuards, type GuardFormat } from "./make-guards.js";
import {
  askCpu,
  measureProvider,
  referenceOf,
  type CardFigures,
  type MeasuredSizes,
} from "./measure-provider.js";
import { PLANS, TINY_PLANS } from "./packed-plan.js";
import { describeReport, type GpuReport } from "./report.js";
import { runTorch } from "./torch.js";

const SIZES: MeasuredSizes = { plans: PLANS, runs: 11, chain: { width: 4096, products: 16 } };
/** For a processor that plays the card: too small to say anything, quick enough to try this program out. */
const TINY: Shape = {
  hidden: 256,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 64,
  ffn: 768,
  vocab: SMALL_VOCABULARY,
};
const TINY_SIZES: MeasuredSizes = { plans: TINY_PLANS, runs: 3, chain: { width: 256, products: 2 } };
const FORMATS: readonly GuardFormat[] = ["fp32", "fp16", "int4"];

export async function gpu(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      dir: { type: "string", default: tmpdir() },
      layers: { type: "string", default: "2" },
      formats: { type: "string", default: "fp16,int4" },
      seed: { type: "string", default: "7" },
      python: { type: "string", default: "python3" },
      software: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const machine = describeMachine();
  const layers = Number(values.layers);
  const shape = values.software ? TINY : { ...SHAPE_8B, layers, vocab: SMALL_VOCABULARY };
  const model = values.software ? "a tiny model" : `${String(layers)} layers of 8B`;
  const formats = FORMATS.filter((format) => values.formats.split(",").includes(format));
  const states = await findCards(values.software);
  const measured = states.some(({ notRun }) => notRun === null)
    ? await measureCards(states, { dir: values.dir, shape, formats, seed: Number(values.seed) })
    : new Map<string, CardFigures>();
  const report: GpuReport = {
    model,
    providers: states.map((state) => ({ ...state, figures: measured.get(state.provider) ?? null })),
    torch: measured.size > 0 ? null : await runTorch(values.python, shape, PLANS),
  };
  for (const one of [...report.providers, { provider: "torch", figures: report.torch }])
    console.log(JSON.stringify({ model, ...one, ...machine }));
  const text = describeReport(report);
  console.error(text);
  if (values.write) await writeSection("gpu", text, machine, `gpu ${args.join(" ")}`);
}

/** By provider. */
async function measureCards(
  states: readonly ProviderState[],
  model: {
    readonly dir: string;
    readonly shape: Shape;
    readonly formats: readonly GuardFormat[];
    readonly seed: number;
  },
): Promise<Map<string, CardFigures>> {
  const dir = mkdtempSync(join(model.dir, "portcullis-gpu-"));
  const sizes = model.shape === TINY ? TINY_SIZES : SIZES;
  try {
    const references = [...new Set<GuardFormat>(["fp32", ...model.formats.map(referenceOf)])];
    const needed = [...new Set([...references, ...model.formats])];
    const guards = await makeGuards(dir, model.shape, needed, model.seed);
    const answers = await askCpu(guards, references, sizes.plans);
    const measured = new Map<string, CardFigures>();
    for (const { provider, notRun } of states)
      if (notRun === null)
        measured.set(provider, await measureProvider(provider, guards, model.formats, answers, sizes));
    return measured;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
