import { readFileSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import {
  openEngine,
  type EmbeddedEngine,
  type EngineOptions,
  type ScoreResult,
} from "../../src/engine/index.js";
import type { ScoreRequest, StepReport } from "../../src/engine/index.js";
import { parseManifest } from "../../src/model/index.js";
import { seededRandom } from "../fixtures/seeded-random.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { buildTinyModel } from "../fixtures/tiny-model.js";
import { createAnswerOracle } from "./answer-oracle.js";
import { askAbout, guardPrompt } from "./guard-prompts.js";

/**
 * Float32 sums run in another order when tokens are packed or cached. The largest difference of any number of
 * a verdict over the prompts of this file was 6e-7 on an AVX2 machine.
 */
const TOLERANCE = 1e-5;

const opened: EmbeddedEngine[] = [];
let modelDir: string;
beforeAll(async () => {
  modelDir = await buildTinyModel();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((engine) => engine.close()));
});

async function open(options: Partial<EngineOptions> = {}): Promise<EmbeddedEngine> {
  const engine = await openEngine({ modelDir, ...options });
  opened.push(engine);
  return engine;
}

/** The same question, asked so that nothing can be shared with any other. */
const unshared = (request: ScoreRequest): ScoreRequest => ({
  ...request,
  prompt: request.prompt.map((span) => ("text" in span ? { text: span.text } : span)),
});

const numbersOf = ({ scoreUnsafe, mass, codes }: ScoreResult): number[] => [
  ...[scoreUnsafe, mass],
  ...(codes ?? []).map(({ probability }) => probability),
];

function largestDifference(some: readonly ScoreResult[], others: readonly ScoreResult[]): number {
  const [a, b] = [some.flatMap(numbersOf), others.flatMap(numbersOf)];
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, at) => Math.abs(value - b[at]!)));
}

const random = seededRandom(5);
const WORDS = [
  "hello",
  " there",
  "!\n\n",
  "User: ",
  " unsafe",
  "1,",
  " résumé",
  "\n",
  "  ",
  "日本",
  "<END CONVERSATION>",
];
const randomText = (words: number): string =>
  Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]!).join("");

describe("openEngine", () => {
  it("gives the same verdict packed with others, alone, and computed from nothing", async () => {
    const roles = ["User", "Agent"] as const;
    const requests = Array.from({ length: 40 }, (_, i) =>
      askAbout(randomText(1 + Math.floor(random() * 60)), { role: roles[i % 2]! }),
    );
    const engine = await open();
    const packed = await Promise.all(requests.map((request) => engine.score(request)));
    const again = await Promise.all(requests.map((request) => engine.score(request)));
    const fresh = await open({ cacheBytes: 0, stepTokens: 2_048 });
    const alone: ScoreResult[] = [];
    const bare: ScoreResult[] = [];
    for (const request of requests) {
      alone.push(await fresh.score(request));
      bare.push(await fresh.score(unshared(request)));
    }
    expect(largestDifference(packed, bare)).toBeLessThan(TOLERANCE);
    expect(largestDifference(again, bare)).toBeLessThan(TOLERANCE);
    expect(largestDifference(alone, bare)).toBeLessThan(TOLERANCE);
    expect(again.every(({ usage }) => usage.cachedTokens > 600)).toBe(true);
    expect(bare.every(({ usage }) => usage.cachedTokens === 0)).toBe(true);
  }, 120_000);

  it("packs prompts that share nothing, and those too get the verdict they get alone", async () => {
    const requests = Array.from({ length: 20 }, () => ({
      ...{ prompt: [{ text: randomText(1 + Math.floor(random() * 10)) }], decodeFrom: 0 },
      answer: { prefix: "\n\n", codes: ["S1", "S2"] },
    }));
    const reports: StepReport[] = [];
    const engine = await open({ onStep: (report) => reports.push(report) });
    const packed = await Promise.all(requests.map((request) => engine.score(request)));
    const alone: ScoreResult[] = [];
    for (const request of requests) alone.push(await engine.score(request));
    expect(Math.max(...reports.map(({ sequences }) => sequences))).toBeGreaterThan(5);
    expect(largestDifference(packed, alone)).toBeLessThan(TOLERANCE);
  }, 60_000);

  it("answers as slow decoding does that computes everything again for every token", async () => {
    const codes = ["S1", "S2", "O3", "S10"];
    const oracle = await createAnswerOracle(modelDir);
    const engine = await open({ stepTokens: 7 });
    for (let i = 0; i < 8; i++) {
      const text = randomText(4 + i);
      const prompt = [{ text: "Is it safe?\n\n", shared: true }, { text }];
      const result = await engine.score({
        prompt,
        answer: { prefix: i % 2 ? "\n\n" : "", codes },
        decodeFrom: 0,
      });
      const expected = oracle(`Is it safe?\n\n${text}`, i % 2 ? "\n\n" : "", codes);
      expect(largestDifference([result], [{ ...result, ...expected }])).toBeLessThan(TOLERANCE);
      expect(result.codes?.map(({ listed }) => listed)).toEqual(expected.codes.map(({ listed }) => listed));
    }
  }, 120_000);

  it("computes only what is new when a conversation grows turn by turn", async () => {
    const engine = await open();
    let conversation = "User: hello";
    await engine.score(askAbout(conversation));
    for (let turn = 0; turn < 8; turn++) {
      const before = await engine.count([conversation]);
      conversation += `\n\nAgent: ${randomText(20)}\n\nUser: ${randomText(10)}`;
      const { usage } = await engine.score(askAbout(conversation, { decodeFrom: 2 }));
      // Whole runs of 16 tokens are remembered; the last word of the old text may be written anew.
      expect(usage.cachedTokens).toBeGreaterThanOrEqual(606 + before[0]! - 16 - 2);
      expect(usage.cachedTokens + usage.computedTokens).toBe(usage.promptTokens);
    }
  }, 60_000);

  it("stays within its memory under hundreds of conversations", async () => {
    const reports: StepReport[] = [];
    const cacheBytes = 1_000_000;
    const engine = await open({ cacheBytes, onStep: (report) => reports.push(report) });
    for (let round = 0; round < 8; round++) {
      const texts = Array.from({ length: 50 }, () => randomText(1 + Math.floor(random() * 20)));
      await Promise.all(texts.map((text) => engine.score(askAbout(text, { decodeFrom: 2 }))));
    }
    const headBytes = 3 * 1024 * 512; // spare rows included
    expect(Math.max(...reports.map(({ kvBytes }) => kvBytes))).toBeLessThanOrEqual(cacheBytes + headBytes);
    expect(reports.at(-1)!.kvBytes).toBeGreaterThan(cacheBytes / 2);
  }, 120_000);

  it("refuses what does not fit the context and names both numbers", async () => {
    const engine = await open();
    await expect(engine.score(askAbout("hello ".repeat(3_000)))).rejects.toMatchObject({
      code: "too_large",
      message: expect.stringMatching(/\d{4} tokens; \d{4} fit/),
    });
    const longest = askAbout(" content".repeat(1_300));
    expect((await engine.score(longest)).usage.promptTokens).toBeGreaterThan(1_900);
  }, 60_000);

  it("refuses codes for which its head has no rows, by their place", async () => {
    const engine = await open();
    const request = askAbout("hello", { codes: ["S1", "s2"] });
    await expect(engine.score(request)).rejects.toMatchObject({
      ...{ code: "invalid_request", pointer: "/answer/codes/1" },
    });
  });

  it("counts and splits with the model's own tokenizer", async () => {
    const engine = await open();
    const text = "hello there hello there";
    const [count] = await engine.count([text, ""]);
    expect(await engine.count([text, "", "hello"])).toEqual([count, 0, expect.any(Number)]);
    const pieces = await engine.split({ text, maxTokens: Math.ceil(count! / 2), overlapTokens: 0 });
    expect(pieces.join("")).toBe(text);
    expect(pieces.length).toBeGreaterThan(1);
  });

  it("says who it is", async () => {
    const engine = await open();
    const { id, notice, template, geometry } = parseManifest(
      JSON.parse(readFileSync(join(modelDir, "manifest.json"), "utf8")),
    );
    expect(engine.info).toMatchObject({
      modelId: id,
      notice,
      template,
      contextTokens: geometry.contextTokens,
    });
    expect(engine.state).toBe("ready");
  });

  it("does not start on a folder with a file that differs from its manifest, and names the file", async () => {
    const broken = join(tempFolder(), "model");
    await cp(modelDir, broken, { recursive: true });
    const { graph } = parseManifest(JSON.parse(readFileSync(join(broken, "manifest.json"), "utf8")));
    const bytes = readFileSync(join(broken, graph.path));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(broken, graph.path), bytes);
    await expect(openEngine({ modelDir: broken })).rejects.toMatchObject({
      ...{ code: "bad_model_file", message: expect.stringContaining(graph.path) },
    });
  });

  it("answers questions whose prompt is a head and nothing else", async () => {
    const engine = await open();
    const [bos, head] = guardPrompt("User", "");
    const request = { prompt: [bos!, head!], answer: { prefix: "", codes: [] }, decodeFrom: 0 };
    const shared = await engine.score(request);
    expect(largestDifference([shared], [await engine.score(unshared(request))])).toBeLessThan(TOLERANCE);
  });
});
