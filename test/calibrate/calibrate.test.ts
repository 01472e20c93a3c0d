import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "@jest/globals";
import { calibrate, type CalibrationOptions, type CalibrationPrompt } from "../../src/calibrate/index.js";
import { convertCheckpoint, openCheckpoint, type Checkpoint } from "../../src/convert/index.js";
import { graphRun, logitRows } from "../fixtures/graph-feeds.js";
import { randomTokens } from "../fixtures/random-tokens.js";
import { runGraph } from "../fixtures/run-graph.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint, type TinyOptions } from "../fixtures/tiny-checkpoint.js";
import { layerProcessIds } from "./layer-process-ids.js";

const VERDICT = { safe: 256, unsafe: 257 };
const heads = [randomTokens(24, 71), randomTokens(17, 72)];
const PROMPTS: CalibrationPrompt[] = Array.from({ length: 24 }, (_, i) => ({
  head: heads[i % 2]!,
  rest: randomTokens(4 + ((i * 7) % 23), 100 + i),
}));

/** As loud as the loudest channels of trained models. */
const LOUD = { seed: 42, dtype: "F32", outliers: { channels: 3, factor: 64, seed: 43 } } as const;

const written = new Map<string, Promise<Checkpoint>>();

async function write(tiny: TinyOptions): Promise<Checkpoint> {
  const dir = tempFolder();
  await writeTinyCheckpoint(dir, tiny);
  return openCheckpoint(dir);
}

async function optionsFor(
  tiny: TinyOptions,
  given: Partial<CalibrationOptions> = {},
): Promise<CalibrationOptions> {
  const key = JSON.stringify(tiny);
  const checkpoint = written.get(key) ?? write(tiny);
  written.set(key, checkpoint);
  return {
    ...{ checkpoint: await checkpoint, format: "int8", prompts: PROMPTS, verdict: VERDICT, smooth: true },
    ...{ threads: 1, workDir: tempFolder(), ...given },
  };
}

const meanError = ({ layers }: Awaited<ReturnType<typeof calibrate>>): number =>
  layers.reduce((sum, { hiddenError }) => sum + hiddenError, 0) / layers.length;

describe("calibrate", () => {
  it("wins back by smoothing what loud channels cost int8", async () => {
    const [loud, quiet] = [await optionsFor(LOUD), await optionsFor({ ...LOUD, outliers: null })];
    const plain = await calibrate({ ...loud, smooth: false });
    const smoothed = await calibrate(loud);
    const least = meanError(await calibrate({ ...quiet, smooth: false }));
    expect(meanError(plain)).toBeGreaterThan(10 * least); // 0.82 and 0.035 were seen
    expect(meanError(smoothed)).toBeLessThan(1.25 * least); // 0.040
    expect(smoothed.agreement!.logitError).toBeLessThan(plain.agreement!.logitError / 5);
    expect(plain.smoothing).toBeNull();
    for (const { attentionIn, attentionOut, mlpIn, mlpDown } of smoothed.smoothing!) {
      expect([attentionIn, attentionOut, mlpIn, mlpDown].map(({ length }) => length)).toEqual([
        64, 32, 64, 128,
      ]);
      expect([...mlpDown].filter((divisor) => divisor > 32)).toHaveLength(LOUD.outliers.channels);
    }
  });

  it("predicts the verdicts of the model that is converted with what it found", async () => {
    const prompts = PROMPTS.slice(0, 8);
    const { checkpoint, ...options } = await optionsFor(LOUD, { prompts, heldOut: 0 });
    const { smoothing, agreement } = await calibrate({ checkpoint, ...options });
    const chances = async (format: "fp32" | "int8"): Promise<number[]> => {
      const outDir = join(options.workDir, format);
      const manifest = await convertCheckpoint({
        ...{ sourceDir: checkpoint.dir, outDir, id: "tiny", notice: "For tests.", task: "guard", format },
        ...{ template: "llama-guard-2", head: "guard", repository: "test", revision: "1" },
        ...(format === "int8" ? { smoothing: smoothing! } : {}),
      });
      const runs = prompts.map(({ head, rest }) => {
        const tokens = [...head, ...rest];
        return graphRun(checkpoint.geometry, { tokens, read: [tokens.length - 1] });
      });
      const results = await runGraph(join(outDir, manifest.graph.path), runs);
      return results.map((result) => {
        const [safe, unsafe] = logitRows(result)[0]!; // the first rows that a guard's head keeps
        return 1 / (1 + Math.exp(safe! - unsafe!));
      });
    };
    const [exact, rounded] = [await chances("fp32"), await chances("int8")];
    const shifts = exact.map((chance, i) => Math.abs(chance - rounded[i]!));
    expect(agreement!.prompts).toBe(prompts.length);
    expect(agreement!.unsafeShiftMax).toBeCloseTo(Math.max(...shifts), 4);
    expect(agreement!.unsafeShiftMean).toBeCloseTo(shifts.reduce((a, b) => a + b) / shifts.length, 4);
  });

  it("counts on to the end, never back, and leaves nothing behind", async () => {
    const counts: [number, number][] = [];
    const options = await optionsFor({}, { onProgress: (done, total) => counts.push([done, total]) });
    const { tokens } = await calibrate(options);
    const rests = PROMPTS.map(({ rest }) => rest.length);
    const all = heads[0]!.length + heads[1]!.length + rests.reduce((a, b) => a + b, 0);
    expect(tokens).toBe(all);
    for (const [at, [done, total]] of counts.entries()) {
      expect(done).toBeGreaterThan(counts[at - 1]?.[0] ?? 0);
      expect(total).toBe(counts[0]![1]);
    }
    expect(counts.at(-1)![0]).toBe(counts[0]![1]);
    expect(readdirSync(options.workDir)).toEqual([]);
  });

  it("measures int4 and fp16 too, and models without a verdict", async () => {
    const options = await optionsFor({}, { smooth: false, verdict: null });
    const int4 = await calibrate({ ...options, format: "int4" });
    const fp16 = await calibrate({ ...options, format: "fp16" });
    expect(int4.agreement).toBeNull();
    expect(meanError(int4)).toBeGreaterThan(0.03);
    expect(meanError(fp16)).toBeGreaterThan(0);
    expect(meanError(fp16)).toBeLessThan(2e-3);
  });

  it("stops where it is told to, and takes its files along", async () => {
    const stop = new AbortController();
    const options = await optionsFor({}, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(calibrate(options)).rejects.toMatchObject({ code: "canceled" });
    expect(readdirSync(options.workDir)).toEqual([]);
    await expect(calibrate(options)).rejects.toMatchObject({ code: "canceled" });
    expect(readdirSync(options.workDir)).toEqual([]);
  });

  it("fails when its process is killed, and takes its files along", async () => {
    if (process.platform !== "linux") return;
    const options = await optionsFor(
      {},
      { onProgress: () => layerProcessIds().forEach((id) => process.kill(id, "SIGKILL")) },
    );
    await expect(calibrate(options)).rejects.toMatchObject({ code: "engine_unavailable" });
    expect(readdirSync(options.workDir)).toEqual([]);
  });

  test.each<[string, string, Partial<CalibrationOptions>]>([
    ["no prompts", "invalid_config", { prompts: [] }],
    ["a prompt that is only a head", "invalid_config", { prompts: [{ head: [1], rest: [] }] }],
    [
      "a prompt longer than the context",
      "too_large",
      { prompts: [{ head: [], rest: randomTokens(2049, 1) }] },
    ],
    ["ids of another vocabulary", "invalid_config", { prompts: [{ head: [1], rest: [128_000] }] }],
    ["a verdict of another vocabulary", "invalid_config", { verdict: { safe: 1, unsafe: 39_257 } }],
    ["an alpha outside 0..1", "invalid_config", { alpha: 1.5 }],
    ["more held out than kept", "invalid_config", { heldOut: 0.6 }],
  ])("refuses %s", async (_, code, given) => {
    await expect(calibrate(await optionsFor({}, given))).rejects.toMatchObject({ code });
  });
});
