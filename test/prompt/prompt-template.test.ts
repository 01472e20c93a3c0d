import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { PROMPT_TEMPLATE_NAMES } from "../../src/policy/index.js";
import { parsePromptTemplate, readPromptTemplates } from "../../src/prompt/index.js";

const templates = await readPromptTemplates();
const template = templates["llama-guard-2"];

describe("readPromptTemplates", () => {
  it("reads the whole closed set", () => {
    expect(Object.keys(templates).sort()).toEqual([...PROMPT_TEMPLATE_NAMES].sort());
    expect(templates["llama-guard-3"].answerPrefix).toBe("\n\n");
    expect(template.answerPrefix).toBe("");
  });

  it("names the file that is missing, broken or called otherwise", async () => {
    const dir = mkdtempSync(join(tmpdir(), "templates-"));
    try {
      await expect(readPromptTemplates(dir)).rejects.toMatchObject({ code: "invalid_policy" });
      cpSync(join(PACKAGE_ROOT, "policies/templates"), dir, { recursive: true });
      writeFileSync(join(dir, "llama-guard-1.json"), JSON.stringify(template));
      await expect(readPromptTemplates(dir)).rejects.toThrow(/llama-guard-1\.json/);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("parsePromptTemplate", () => {
  const withText = (text: string): unknown => ({ ...template, prompt: [{ text }] });

  it.each([
    ["is no object", 1],
    ["has an unknown field", { ...template, trim: true }],
    ["begins answers with something else", { ...template, answerPrefix: "\n" }],
    ["has a control without its brackets", { ...template, prompt: [{ control: "eot_id" }] }],
    ["has no place for the conversation", withText("{{categories}}")],
    ["has no place for the categories", withText("{{conversation}}")],
    ["has them the wrong way round", withText("{{conversation}} {{categories}}")],
    ["shows the conversation twice", withText("{{categories}} {{conversation}} {{conversation}}")],
    ["asks for something unknown", withText("{{categories}} {{conversation}} {{date}}")],
    [
      "spreads them over two texts",
      { ...template, prompt: [{ text: "{{categories}}" }, { text: "{{conversation}}" }] },
    ],
  ])("refuses a template that %s", (_name, value) => {
    expect(() => parsePromptTemplate(value)).toThrow(expect.objectContaining({ code: "invalid_policy" }));
  });
});
