import { describe, expect, it } from "@jest/globals";
import { summarize } from "../../src/eval/summarize.js";
import { createRunRecord, isRunRecord } from "../../src/eval/run-record.js";
import { evaluationPage } from "../../src/eval/report/evaluation-page.js";
import type { RowOutcome } from "../../src/eval/row-outcome.js";
import { judged, POLICY } from "./judged.js";

const info = {
  modelId: "m",
  modelSha256: "0".repeat(64),
  notice: "n",
  template: "llama-guard-2",
  contextTokens: 2048,
};
const run = createRunRecord(["/a/b.jsonl"], { rows: 9, chosen: 8, seed: 1 }, { policy: POLICY, info });
const identity = judged(0.5, "safe");
const failedRow: RowOutcome = { ...identity, status: "error", error: "too_large" };
const rows: RowOutcome[] = [
  judged(0.9, "unsafe", { group: 1, source: "x" }),
  judged(0.8, "safe", { group: 2, source: "<script>" }),
  judged(0.3, "unsafe", { group: 3, categories: null, target: "assistant" }),
  judged(0.1, "safe", { group: 4 }),
  failedRow,
];
const result = summarize(rows, { run, policy: POLICY, draws: 100, seed: 1, byCategory: true });

describe("summarize", () => {
  it("counts what has a verdict, what failed and what was never tried", () => {
    expect(isRunRecord(JSON.parse(JSON.stringify(run)))).toBe(true);
    expect(result.coverage).toEqual({ rows: 8, judged: 4, failed: { too_large: 1 }, missing: 3 });
  });

  it("takes figures of judged rows alone, in all and in parts", () => {
    expect(result.overall).toMatchObject({ rows: 4, unsafe: 2, safe: 2, prompts: 4 });
    expect(result.overall.figures.atPolicy.f1.value).toBeCloseTo(0.5, 10);
    expect(result.overall.figures.auroc.value).toBeCloseTo(0.75, 10);
    expect(result.roles.assistant.rows).toBe(1);
    expect(Object.keys(result.sources)).toEqual(["<script>", "made-up", "x"]);
  });

  it("leaves rows whose categories are unknown out of the categories' figures", () => {
    expect(result.categories["S2"]).toMatchObject({ rows: 3, unsafe: 1 });
    expect(result.categories["S1"]).toMatchObject({ rows: 3, unsafe: 0 });
    expect(result.categories["S1"]!.figures.auprc.value).toBeNull();
  });

  it("makes a page of it that takes a source's name for text", () => {
    const page = evaluationPage(result);
    expect(page).toContain("&lt;script&gt;");
    expect(page).not.toContain("<script>");
    const words = page.replace(/\s+/g, " ");
    expect(words).toContain("4 of 8 rows have a verdict");
    expect(words).toContain("without: 1 too_large");
  });
});
