// Weights of the true 8B shape, converted, loaded and asked: `npm run bench:full-size -- --dir /big/disk`.
// One JSON line per measurement on stdout. Needs some 26 GB of disk in DIR, which it empties afterwards.
import { execFileSync } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine, ROOT } from "../machine.js";
import { shortMessage } from "../messages.js";
import { descendants, memoryOf } from "../process-tree.js";
import { createRandom } from "../random.js";
import { startService } from "../service.js";
import { SHAPE_8B, writeSyntheticCheckpoint } from "./synthetic-checkpoint.js";

const MESSAGES = 10;

const { values, positionals } = parseArgs({
  options: {
    dir: { type: "string" },
    formats: { type: "string", default: "int8,int4" },
    layers: { type: "string", default: String(SHAPE_8B.layers) },
    calibrate: { type: "string", default: "0" },
    seed: { type: "string", default: "7" },
    keep: { type: "boolean", default: false },
  },
  allowPositionals: true, // what follows -- goes to `portcullis serve`
});
if (values.dir === undefined) throw new Error("--dir DIR names a folder on a disk with 26 GB free");
const shape = { ...SHAPE_8B, layers: Number(values.layers) };
const checkpoint = join(values.dir, `synthetic-${String(shape.layers)}-layers`);
const machine = describeMachine();
const print = (figures: object): void => {
  console.log(JSON.stringify({ ...figures, layers: shape.layers, seed: Number(values.seed), ...machine }));
};

if (statSync(join(checkpoint, "config.json"), { throwIfNoEntry: false }) === undefined) {
  const startMs = performance.now();
  const bytes = writeSyntheticCheckpoint(checkpoint, shape, Number(values.seed));
  print({ step: "checkpoint", gigabytes: bytes / 1e9, seconds: secondsSince(startMs) });
}
for (const format of values.formats.split(",")) {
  const model = join(values.dir, `model-${format}`);
  rmSync(model, { recursive: true, force: true });
  print({ step: "convert", format, ...convert(format, model) });
  print({ step: "serve", format, ...(await serve(model)) });
  if (!values.keep) rmSync(model, { recursive: true });
}
if (!values.keep) rmSync(checkpoint, { recursive: true });

function secondsSince(startMs: number): number {
  return Number(((performance.now() - startMs) / 1000).toFixed(1));
}

function convert(format: string, model: string): object {
  const output = execFileSync(
    process.execPath,
    [
      `${ROOT}dist/bench/full-size/measured-command.js`,
      ...["convert", checkpoint, model, "--format", format, "--calibrate", values.calibrate],
    ],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  const measured = JSON.parse(output.trimEnd().split("\n").at(-1)!) as object;
  const gigabytes = statSync(join(model, "model.onnx.data")).size / 1e9;
  return { ...measured, gigabytes };
}

interface Answer {
  readonly verdict: string;
  readonly usage: { readonly tokens: number; readonly computedTokens: number };
}

async function serve(model: string): Promise<object> {
  const startMs = performance.now();
  await using service = await startService([
    ...["--guard", model, "--request-timeout-ms", "600000", "--start-timeout-ms", "3600000"],
    ...positionals,
  ]);
  const readySeconds = secondsSince(startMs);
  const random = createRandom(Number(values.seed));
  const seconds: number[] = [];
  let tokens = 0;
  let computed = 0;
  for (let i = 0; i < MESSAGES; i++) {
    const askedMs = performance.now();
    const response = await fetch(`${service.url}/moderate`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ input: shortMessage(random) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${String(response.status)}: ${text}`);
    const { usage } = JSON.parse(text) as Answer;
    seconds.push(secondsSince(askedMs));
    tokens += usage.tokens;
    computed += usage.computedTokens;
  }
  const memory = descendants(process.pid).map(memoryOf);
  const largest = memory.reduce((most, one) => (one.residentMiB > most.residentMiB ? one : most));
  return {
    ...{
      readySeconds,
      ...largest,
      tokensPerMessage: tokens / MESSAGES,
      computedPerMessage: computed / MESSAGES,
    },
    secondsPerMessage: Number((seconds.reduce((sum, one) => sum + one, 0) / MESSAGES).toFixed(2)),
    slowestSeconds: Math.max(...seconds),
  };
}
