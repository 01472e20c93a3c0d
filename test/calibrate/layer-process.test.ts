import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { embedTokens } from "../../src/calibrate/embed-tokens.js";
import type { CalibrationPrompt } from "../../src/calibrate/index.js";
import { startLayerProcess, type LayerProcess } from "../../src/calibrate/layer-process.js";
import { planRuns, RUN_TOKENS } from "../../src/calibrate/plan-runs.js";
import { readVerdicts } from "../../src/calibrate/read-verdicts.js";
import type { ActivationPeaks } from "../../src/calibrate/smooth-layer.js";
import { openCheckpoint, SITES, writeLayerGraph, type Checkpoint } from "../../src/convert/index.js";
import { randomTokens } from "../fixtures/random-tokens.js";
import { referenceForward } from "../fixtures/reference-forward.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint, type TinyCheckpoint } from "../fixtures/tiny-checkpoint.js";
import { layerProcessIds } from "./layer-process-ids.js";

/** Largest difference over the largest value: 2e-6 was seen. */
const TOLERANCE = 2e-5;

const heads = [randomTokens(30, 1), randomTokens(11, 2), []];
/** Some share a run, one is longer than a run, two have no head to be packed behind. */
const PROMPTS: CalibrationPrompt[] = [9, 14, 1, 20, RUN_TOKENS + 18, 7, 12, 25].map((length, i) => ({
  head: heads[i % heads.length]!,
  rest: randomTokens(length, 10 + i),
}));

let tiny: TinyCheckpoint;
let checkpoint: Checkpoint;
beforeAll(async () => {
  const dir = tempFolder();
  tiny = await writeTinyCheckpoint(dir, { seed: 41, tied: false });
  checkpoint = await openCheckpoint(dir);
});

const started: LayerProcess[] = [];
afterEach(() => {
  for (const one of started.splice(0)) one[Symbol.dispose]();
});
function start(signal?: AbortSignal): LayerProcess {
  const layerProcess = startLayerProcess(signal, () => undefined);
  started.push(layerProcess);
  return layerProcess;
}

const writeLayer = (layer: number, format: "fp32" | "fp16" = "fp32") =>
  writeLayerGraph({ checkpoint, layer, dir: join(tempFolder(), "layer"), format, probe: true, threads: 1 });

function worst(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / largest;
}

/** What the oracle says of every prompt by itself. */
function expectedOf(prompts: readonly CalibrationPrompt[]) {
  const peaks = Array.from({ length: tiny.options.layers }, () => new Map<string, number[]>());
  const logits = prompts.map(({ head, rest }) => {
    const { logits: rows } = referenceForward(tiny, [...head, ...rest], (layer, site, inputs) => {
      const known = peaks[layer]!.get(site) ?? new Array<number>(inputs[0]!.length).fill(0);
      // The first token of a head does not count.
      for (const input of inputs.slice(Math.min(head.length, 1)))
        input.forEach((x, i) => (known[i] = Math.max(known[i]!, Math.abs(x))));
      peaks[layer]!.set(site, known);
    });
    return rows.at(-1)!;
  });
  return { peaks, logits };
}

describe("the layer process", () => {
  it("computes over all layers what the reference does for each prompt alone, and hears the same peaks", async () => {
    const layerProcess = start();
    const plan = planRuns(PROMPTS, 0, true);
    await embedTokens(layerProcess, checkpoint, plan, 1);
    const peaks: (ActivationPeaks | null)[] = [];
    for (let layer = 0; layer < checkpoint.geometry.layers; layer++) {
      const { graphPath } = await writeLayer(layer);
      peaks.push(await layerProcess.ask({ kind: "exact", graphPath, probe: true }));
      // The second stream through the same graph: it does not differ, so its own bookkeeping is right too.
      expect(await layerProcess.ask({ kind: "rounded", graphPath })).toBe(0);
    }
    const { exact, rounded } = await layerProcess.ask({ kind: "last" });
    expect(rounded).toEqual(exact);

    const expected = expectedOf(PROMPTS);
    const inPlan = PROMPTS.map(({ rest }) =>
      plan.lastRows.findIndex((row) => endsAt(plan.tokens, row, rest)),
    );
    for (const [safe, unsafe] of [
      [0, 1],
      [77, 400],
    ] as const) {
      const verdicts = readVerdicts(checkpoint, { safe, unsafe }, exact);
      const found = inPlan.flatMap((at) => [verdicts[at]!.safe, verdicts[at]!.unsafe]);
      const wanted = expected.logits.flatMap((row) => [row[safe]!, row[unsafe]!]);
      expect(worst(found, wanted)).toBeLessThan(TOLERANCE);
    }
    peaks.forEach((ofLayer, layer) => {
      for (const site of SITES)
        expect(worst(ofLayer![site], expected.peaks[layer]!.get(site)!)).toBeLessThan(TOLERANCE);
    });
  }, 60_000);

  it("hears only what is probed", async () => {
    const layerProcess = start();
    const head = heads[1]!;
    const measured = { head, rest: randomTokens(40, 50) };
    const other = { head, rest: randomTokens(5, 51) };
    await embedTokens(layerProcess, checkpoint, planRuns([measured, other], 0.5, true), 1);
    const { graphPath } = await writeLayer(0);
    const peaks = await layerProcess.ask({ kind: "exact", graphPath, probe: true });
    const [onlyOther, both] = [expectedOf([other]), expectedOf([measured, other])];
    expect(worst(peaks!.mlpIn, onlyOther.peaks[0]!.get("mlpIn")!)).toBeLessThan(TOLERANCE);
    expect(worst(peaks!.mlpIn, both.peaks[0]!.get("mlpIn")!)).toBeGreaterThan(0.01);
    expect(await layerProcess.ask({ kind: "exact", graphPath, probe: false })).toBeNull();
  });

  it("refuses numbers that are not finite, and says whether the format or the checkpoint is at fault", async () => {
    const layerProcess = start();
    const plan = planRuns(PROMPTS, 0, false);
    const { graphPath: exact } = await writeLayer(0);
    const { graphPath: half } = await writeLayer(0, "fp16");
    const outcomeOf = async (value: number): Promise<number> => {
      await embedTokens(layerProcess, checkpoint, plan, 1);
      const hidden = new Float32Array(plan.tokens.length * checkpoint.geometry.hiddenSize).fill(value);
      await layerProcess.ask({ kind: "embed", fromRow: 0, hidden });
      await layerProcess.ask({ kind: "exact", graphPath: exact, probe: false });
      return layerProcess.ask({ kind: "rounded", graphPath: half });
    };
    expect(await outcomeOf(1)).toBeLessThan(0.01);
    await expect(outcomeOf(1e9)).rejects.toMatchObject({
      message: expect.stringMatching(/format cannot hold/),
    });
    await expect(outcomeOf(NaN)).rejects.toMatchObject({ message: expect.stringMatching(/download/) });
  });

  it("passes on what the runtime says of a graph", async () => {
    const layerProcess = start();
    await embedTokens(layerProcess, checkpoint, planRuns(PROMPTS, 0, true), 1);
    const graphPath = join(tempFolder(), "none.onnx");
    await expect(layerProcess.ask({ kind: "rounded", graphPath })).rejects.toMatchObject({
      code: "bad_model_file",
      message: expect.stringContaining(graphPath),
    });
  });

  it("says that memory may have run out when it ends, and keeps what it wrote for the log", async () => {
    const layerProcess = start();
    const plan = { ...planRuns(PROMPTS, 0, true), tokens: { length: 1e15, slice: () => [] } as never };
    const failed = embedTokens(layerProcess, checkpoint, plan, 1);
    await expect(failed).rejects.toMatchObject({
      code: "engine_unavailable",
      message: expect.stringMatching(/exit code 1.*memory/),
      cause: expect.objectContaining({ message: expect.stringContaining("RangeError") }),
    });
    await expect(layerProcess.ask({ kind: "last" })).rejects.toMatchObject({ code: "engine_unavailable" });
  });

  it("fails what is asked of it when it is killed, and ends when it is disposed or told to", async () => {
    if (process.platform !== "linux") return;
    const stop = new AbortController();
    const [killed, disposed, canceled] = [start(), start(), start(stop.signal)];
    const ids = layerProcessIds();
    expect(ids).toHaveLength(3);
    const failed = expect(killed.ask({ kind: "last" })).rejects.toMatchObject({
      code: "engine_unavailable",
      message: expect.stringContaining("SIGKILL"),
    });
    process.kill(ids[0]!, "SIGKILL");
    await failed;
    disposed[Symbol.dispose]();
    stop.abort();
    await expect(canceled.ask({ kind: "last" })).rejects.toMatchObject({ code: "canceled" });
    await expect(start(stop.signal).ask({ kind: "last" })).rejects.toMatchObject({ code: "canceled" });
    for (let waited = 0; layerProcessIds().length > 0 && waited < 2_000; waited += 20)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(layerProcessIds()).toEqual([]);
  });
});

const endsAt = (tokens: readonly number[], row: number, rest: readonly number[]): boolean =>
  tokens.slice(row + 1 - rest.length, row + 1).join() === rest.join();
