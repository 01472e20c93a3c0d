// Portcullis beside what one would take instead, on the same weights: one JSON line per contender, task and round on
// stdout, tables on stderr. `--write` puts tables and a plot into docs/performance.md.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PACKAGE_ROOT } from "../../base/index.js";
import { writeSmallCheckpoint } from "../full-size/small-vocabulary.js";
import { SHAPE_8B } from "../full-size/synthetic-checkpoint.js";
import { describeMachine } from "../machine.js";
import { compareModel, type ComparedModel } from "./compare-model.js";
import { FORMS, type Contender } from "./contenders.js";
import { printReport, writeReport } from "./report.js";
import type { Summary } from "./summary.js";
import type { TaskSizes } from "./tasks.js";

const STARTER = {
  checkpoint: join(PACKAGE_ROOT, "training/starter/checkpoint"),
  model: join(PACKAGE_ROOT, "onnx/starter-guard"),
};
export async function compare(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      dir: { type: "string", default: tmpdir() },
      models: { type: "string", default: "starter,2,4" },
      messages: { type: "string", default: "64" },
      rounds: { type: "string", default: "4" },
      threads: { type: "string", default: String(availableParallelism()) },
      seed: { type: "string", default: "7" },
      write: { type: "boolean", default: false },
    },
  });
  const machine = describeMachine();
  const threads = Number(values.threads);
  const dir = mkdtempSync(join(values.dir, "portcullis-compare-"));
  const onLine = (line: object): void => console.log(JSON.stringify({ ...line, threads, ...machine }));
  const sizes: TaskSizes = {
    ...{ messages: Number(values.messages), rounds: Number(values.rounds), seed: Number(values.seed) },
    ...{ turns: 20, answerTokens: 500 },
  };
  const summaries: Summary[] = [];
  try {
    for (const name of values.models.split(",")) {
      const work = mkdtempSync(join(dir, "model-"));
      const common = { sizes, threads, onLine, dir: join(work, "forms") };
      const model = name === "starter" ? starter(common) : synthetic(name, work, common);
      summaries.push(await compareModel(model));
      rmSync(work, { recursive: true });
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  printReport(summaries);
  if (values.write) await writeReport(summaries, machine, args);
}

type Common = Pick<ComparedModel, "sizes" | "threads" | "onLine" | "dir">;

/** The starter guard as it ships, beside its own checkpoint in other forms. */
function starter(common: Common): ComparedModel {
  const shipped: Contender = {
    ...{ name: "Portcullis int8", family: "Portcullis", part: 1, bitsPerWeight: 8 },
    setup: { kind: "portcullis-guard", path: STARTER.model, threads: common.threads },
  };
  return {
    ...{ ...common, name: "starter guard", checkpoint: STARTER.checkpoint, forms: FORMS.starter },
    more: [shipped],
  };
}

/** A quarter of the 8B shape's width: too small to say anything, quick enough to try this program out. */
const MINI = { ...SHAPE_8B, hidden: 1024, ffn: 3584, heads: 8, kvHeads: 2 };

/**
 * Seeded noise in some layers of the 8B shape, or in two of `mini`. More than two layers only confirm what depth does, and
 * get fewer questions.
 */
function synthetic(name: string, work: string, common: Common): ComparedModel {
  const checkpoint = join(work, "checkpoint");
  const [shape, layers] = name === "mini" ? [MINI, 2] : [SHAPE_8B, Number(name)];
  if (!Number.isInteger(layers)) throw new Error(`--models takes starter, mini and numbers of layers`);
  writeSmallCheckpoint(checkpoint, { ...shape, layers }, common.sizes.seed);
  const { rounds, messages } = common.sizes;
  const short = layers > 2;
  return {
    ...{ ...common, checkpoint, name: name === "mini" ? name : `${name} layers of 8B` },
    sizes: short
      ? { ...common.sizes, messages: messages / rounds / 2, rounds: 1, turns: 2, answerTokens: 64 }
      : common.sizes,
    forms: short ? FORMS.short : FORMS.full,
  };
}
