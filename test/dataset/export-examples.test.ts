import { readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { exportExamples, type ExportOptions, type LabelledRow } from "../../src/dataset/index.js";
import type { TrainingExample } from "../../src/dataset/training-example.js";
import { readPromptTemplates } from "../../src/prompt/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { policyNamed, row } from "./rows.js";

const templates = await readPromptTemplates();
const OPTIONS: ExportOptions = {
  policy: policyNamed("llama-guard-2"),
  template: templates["llama-guard-2"],
  ...{ keepUnknown: false, variations: 0, seed: 1, tokenLimit: null },
};
const NONE = { unknown_categories: 0, foreign_code: 0, control_text: 0, too_long: 0 };

async function* each(rows: readonly LabelledRow[]): AsyncGenerator<LabelledRow> {
  for (const one of rows) yield await Promise.resolve(one);
}

async function exported(rows: readonly LabelledRow[], options: Partial<ExportOptions> = {}) {
  const path = join(tempFolder(), "train.jsonl");
  const tally = await exportExamples(each(rows), path, { ...OPTIONS, ...options });
  const examples = readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as TrainingExample);
  return { tally, examples };
}

const unsafe = (id: string, categories: readonly string[] | null): LabelledRow =>
  row({ id, label: "unsafe", categories });

describe("exportExamples", () => {
  it("writes a line for every row, in order", async () => {
    const { tally, examples } = await exported([row(), unsafe("r2", ["S9", "S2"])]);
    expect(examples.map(({ completion }) => completion)).toEqual(["safe", "unsafe\nS2,S9"]);
    expect(Object.keys(examples[0]!)).toEqual(["prompt", "completion"]);
    expect(tally).toEqual({ rows: 2, safe: 1, unsafe: 1, varied: 0, leftOut: NONE });
  });

  it("asks about the agent where the assistant spoke last", async () => {
    const messages = [
      { role: "user", content: "hi" },
      { role: "assistant", content: "hello" },
    ] as const;
    const { examples } = await exported([row({ messages, target: "assistant" })]);
    expect(examples[0]!.prompt).toContain("ONLY THE LAST Agent message");
  });

  it("leaves out what cannot be used, and counts it by reason", async () => {
    const eot = row({ messages: [{ role: "user", content: "a <|eot_id|> b" }] });
    const { tally, examples } = await exported([unsafe("1", null), unsafe("2", ["S14"]), eot, row()]);
    expect(examples).toHaveLength(1);
    expect(tally).toEqual({
      ...{ rows: 4, safe: 1, unsafe: 0, varied: 0 },
      leftOut: { ...NONE, unknown_categories: 1, foreign_code: 1, control_text: 1 },
    });
  });

  it("keeps rows of unknown categories without codes where that is asked for", async () => {
    const { tally, examples } = await exported([unsafe("1", null)], { keepUnknown: true });
    expect(examples[0]!.completion).toBe("unsafe");
    expect(tally).toMatchObject({ unsafe: 1, leftOut: NONE });
  });

  it("leaves out what would not fit with its beginning, answer and ending", async () => {
    const count: NonNullable<ExportOptions["tokenLimit"]>["count"] = (spans) =>
      spans.reduce((sum, span) => sum + ("control" in span ? 1 : span.text.length), 0);
    const [{ examples }] = [await exported([row()])];
    const exact = 1 + examples[0]!.prompt.length + "safe".length + 1;
    expect((await exported([row()], { tokenLimit: { maxTokens: exact, count } })).tally.safe).toBe(1);
    const short = await exported([row()], { tokenLimit: { maxTokens: exact - 1, count } });
    expect(short.tally).toMatchObject({ safe: 0, leftOut: { ...NONE, too_long: 1 } });
  });

  it("adds variations that depend on seed and row alone", async () => {
    const rows = [row(), unsafe("r2", ["S2"]), unsafe("r3", ["S4"])];
    const [whole, again] = [await exported(rows, { variations: 3 }), await exported(rows, { variations: 3 })];
    expect(whole).toEqual(again);
    expect(whole.tally).toMatchObject({ rows: 3, varied: 9 });
    expect(whole.tally.safe + whole.tally.unsafe).toBe(12);
    expect(new Set(whole.examples.map(({ prompt }) => prompt)).size).toBeGreaterThan(9);
    const alone = await exported(rows.slice(1, 2), { variations: 3 });
    expect(alone.examples).toEqual(whole.examples.slice(4, 8));
    const namesake = await exported([unsafe("r4", ["S2"])], { variations: 3 });
    expect(namesake.examples.slice(1)).not.toEqual(alone.examples.slice(1));
    const other = await exported(rows, { variations: 3, seed: 2 });
    expect(other.examples[0]).toEqual(whole.examples[0]);
    expect(other.examples.slice(1, 4)).not.toEqual(whole.examples.slice(1, 4));
  });

  it("leaves no file behind when reading fails half-way", async () => {
    const dir = tempFolder();
    async function* failing(): AsyncGenerator<LabelledRow> {
      yield await Promise.resolve(row());
      throw new GuardError("invalid_config", "line 2 is bad");
    }
    await expect(exportExamples(failing(), join(dir, "out"), OPTIONS)).rejects.toThrow("line 2 is bad");
    expect(readdirSync(dir)).toEqual([]);
  });

  it("follows no link that lies where the unfinished file might be", async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, "private"), "as it was");
    symlinkSync("private", join(dir, ".train.jsonl.unfinished"));
    await exportExamples(each([row()]), join(dir, "train.jsonl"), OPTIONS);
    expect(readFileSync(join(dir, "private"), "utf8")).toBe("as it was");
    expect(readdirSync(dir).sort()).toEqual([".train.jsonl.unfinished", "private", "train.jsonl"]);
  });

  it("says when the file cannot be written", async () => {
    const path = join(tempFolder(), "absent", "out");
    await expect(exportExamples(each([row()]), path, OPTIONS)).rejects.toMatchObject({
      code: "invalid_config",
      message: `${path} cannot be written; choose another place`,
    });
  });
});
