import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { convertCheckpoint } from "../../src/convert/index.js";
import { hashFile, openModelFolder, type ModelManifest } from "../../src/model/index.js";
import { renderLlama3Chat, type ChatMessage } from "../../src/prompt/index.js";
import { openTokenizer } from "../../src/tokenizer/index.js";
import { graphRun, logitRows } from "../fixtures/graph-feeds.js";
import { runGraph } from "../fixtures/run-graph.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const CHECKPOINT = join(PACKAGE_ROOT, "training/chat/checkpoint");
const MODEL = join(PACKAGE_ROOT, "onnx/starter-chat");
const FIXTURE = join(CHECKPOINT, "logits-fixture.json");

interface FixtureCase {
  readonly messages: readonly ChatMessage[];
  readonly tokenIds: readonly number[];
  /** The token with the highest logit. */
  readonly next: number;
  /** By token id: the highest ones, and some from all over the vocabulary. */
  readonly logits: Readonly<Record<string, number>>;
}

const testWith = (...paths: string[]): [string, typeof test | typeof test.skip] => {
  const missing = paths.find((path) => !existsSync(path));
  return missing === undefined ? ["", test] : [` (skipped: no ${missing})`, test.skip];
};

/** Written by the training code: what it computes in float32 after the last token of some chats. */
const fixtureCases = (): readonly FixtureCase[] =>
  (JSON.parse(readFileSync(FIXTURE, "utf8")) as { cases: readonly FixtureCase[] }).cases;

/** For every case the logits `[V]` after its last token. */
async function scoreCases(dir: string, { geometry, graph }: ModelManifest): Promise<number[][]> {
  const runs = fixtureCases().map(({ tokenIds }) => ({
    ...graphRun(geometry, { tokens: tokenIds, read: [tokenIds.length - 1] }),
    fetches: ["logits"],
  }));
  const results = await runGraph(join(dir, graph.path), runs);
  return results.map((result) => logitRows(result)[0]!);
}

const differences = (actual: readonly number[][]): number[] =>
  fixtureCases().flatMap(({ logits }, i) =>
    Object.entries(logits).map(([id, expected]) => Math.abs(actual[i]![Number(id)]! - expected)),
  );

describe("the starter chat model", () => {
  const [withoutCheckpoint, testCheckpoint] = testWith(FIXTURE);
  testCheckpoint(`reads chats as its training code wrote them${withoutCheckpoint}`, async () => {
    const tokenizer = await openTokenizer(join(CHECKPOINT, "tokenizer.json"));
    for (const { messages, tokenIds } of fixtureCases())
      expect(tokenizer.encode(renderLlama3Chat(messages))).toEqual(tokenIds);
  });

  testCheckpoint(
    `scores in fp32 what its training code scores${withoutCheckpoint}`,
    async () => {
      const outDir = join(tempFolder(), "model");
      const manifest = await convertCheckpoint({
        ...{ sourceDir: CHECKPOINT, outDir, id: "chat", notice: "For tests.", task: "generator" },
        ...{ template: "llama-3", format: "fp32", head: "full", repository: "test", revision: "1" },
      });
      expect(Math.max(...differences(await scoreCases(outDir, manifest)))).toBeLessThan(1e-3);
    },
    120_000,
  );

  const [withoutModel, testModel] = testWith(FIXTURE, join(MODEL, "manifest.json"));
  testModel(
    `stays near that in the format it is served in${withoutModel}`,
    async () => {
      const { manifest } = await openModelFolder(MODEL);
      const actual = await scoreCases(MODEL, manifest);
      const off = differences(actual);
      expect(off.reduce((sum, difference) => sum + difference, 0) / off.length).toBeLessThan(0.1);
      expect(Math.max(...off)).toBeLessThan(0.75); // logits span 12 to 26
      for (const [i, { next, logits }] of fixtureCases().entries()) {
        const chosen = actual[i]!.indexOf(Math.max(...actual[i]!));
        expect(logits[chosen]).toBeGreaterThan(logits[next]! - 0.2); // the same token, or as good as a tie
      }
    },
    120_000,
  );

  testModel(`was made from the checkpoint that is beside it${withoutModel}`, async () => {
    const { manifest } = await openModelFolder(MODEL);
    expect(manifest.source.revision).toBe(await hashFile(join(CHECKPOINT, "model.safetensors")));
    expect(manifest.files.reduce((sum, file) => sum + file.bytes, 0)).toBeLessThan(15_000_000);
  });
});
