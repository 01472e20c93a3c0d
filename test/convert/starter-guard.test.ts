import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { convertCheckpoint } from "../../src/convert/index.js";
import { hashFile, openModelFolder, type ModelManifest } from "../../src/model/index.js";
import { graphRun, logitRows } from "../fixtures/graph-feeds.js";
import { runGraph } from "../fixtures/run-graph.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const CHECKPOINT = join(PACKAGE_ROOT, "training/starter/checkpoint");
const MODEL = join(PACKAGE_ROOT, "onnx/starter-guard");
const FIXTURE = join(CHECKPOINT, "logits-fixture.json");

/** Written by the training code: what it computes in float32 after the last token of some prompts. */
interface LogitsFixture {
  readonly tokenIds: Readonly<Record<"safe" | "unsafe", number>>;
  readonly cases: readonly { tokenIds: readonly number[]; logits: Readonly<Record<string, number>> }[];
}

const testWith = (...paths: string[]): [string, typeof test | typeof test.skip] => {
  const missing = paths.find((path) => !existsSync(path));
  return missing === undefined ? ["", test] : [` (skipped: no ${missing})`, test.skip];
};

/** Logits of every fixture case by token id. */
async function scoreCases(dir: string, manifest: ModelManifest): Promise<Map<number, number>[]> {
  const { cases } = JSON.parse(readFileSync(FIXTURE, "utf8")) as LogitsFixture;
  const { head, geometry, graph } = manifest;
  if (head.kind !== "rows") throw new Error("the starter's head is cut");
  const runs = cases.map(({ tokenIds }) => ({
    ...graphRun(geometry, { tokens: tokenIds, read: [tokenIds.length - 1] }),
    fetches: ["logits"],
  }));
  const results = await runGraph(join(dir, graph.path), runs);
  return results.map((result) => {
    const [row] = logitRows(result);
    return new Map(head.tokenIds.map((id, column) => [id, row![column]!]));
  });
}

function compare(actual: readonly Map<number, number>[]): { worstLogit: number; shifts: number[] } {
  const { tokenIds, cases } = JSON.parse(readFileSync(FIXTURE, "utf8")) as LogitsFixture;
  const unsafe = (logits: (id: number) => number): number =>
    1 / (1 + Math.exp(logits(tokenIds.safe) - logits(tokenIds.unsafe)));
  const differences = cases.flatMap(({ logits }, i) =>
    Object.entries(logits).map(([id, expected]) => Math.abs(actual[i]!.get(Number(id))! - expected)),
  );
  const shifts = cases.map(({ logits }, i) =>
    Math.abs(unsafe((id) => logits[String(id)]!) - unsafe((id) => actual[i]!.get(id)!)),
  );
  return { worstLogit: Math.max(...differences), shifts };
}

describe("the starter guard", () => {
  const [withoutCheckpoint, testCheckpoint] = testWith(FIXTURE);
  testCheckpoint(
    `scores in fp32 what its training code scores${withoutCheckpoint}`,
    async () => {
      const outDir = join(tempFolder(), "model");
      const manifest = await convertCheckpoint({
        ...{ sourceDir: CHECKPOINT, outDir, id: "starter", notice: "For tests.", task: "guard" },
        ...{ template: "llama-guard-2", format: "fp32", head: "guard", repository: "test", revision: "1" },
      });
      expect(compare(await scoreCases(outDir, manifest)).worstLogit).toBeLessThan(1e-3);
    },
    120_000,
  );

  const [withoutModel, testModel] = testWith(FIXTURE, join(MODEL, "manifest.json"));
  testModel(
    `stays near that in the format it is served in${withoutModel}`,
    async () => {
      const { manifest } = await openModelFolder(MODEL);
      const { worstLogit, shifts } = compare(await scoreCases(MODEL, manifest));
      expect(worstLogit).toBeLessThan(0.15); // logits of the words span about 15
      expect(Math.max(...shifts)).toBeLessThan(0.02); // P(unsafe)
      expect(shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length).toBeLessThan(0.01);
    },
    120_000,
  );

  testModel(`was made from the checkpoint that is beside it${withoutModel}`, async () => {
    const { manifest } = await openModelFolder(MODEL);
    expect(manifest.source.revision).toBe(await hashFile(join(CHECKPOINT, "model.safetensors")));
    expect(manifest.files.reduce((sum, file) => sum + file.bytes, 0)).toBeLessThan(15_000_000);
  });
});
