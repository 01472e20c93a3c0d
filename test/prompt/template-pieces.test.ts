import { describe, expect, it } from "@jest/globals";
import { parsePolicy } from "../../src/policy/index.js";
import { readPromptTemplates, renderGuardPrompt, templatePieces } from "../../src/prompt/index.js";

const templates = await readPromptTemplates();
const { categories } = parsePolicy(
  JSON.stringify({
    ...{ id: "p", version: "1.0.0", title: "P", template: "llama-guard-2" },
    defaults: { threshold: 0.5, action: "block" },
    categories: [{ code: "S1", name: "One", text: "Two." }],
  }),
);

describe("templatePieces", () => {
  it("cuts a template at line ends and placeholders, and leaves out the token it begins with", () => {
    expect(templatePieces(templates["llama-guard-2"])).toEqual([
      "[INST] Task: Check if there is unsafe content in '",
      "' messages in conversations according our safety policy with the below categories.",
      "<BEGIN UNSAFE CONTENT CATEGORIES>",
      "<END UNSAFE CONTENT CATEGORIES>",
      "<BEGIN CONVERSATION>",
      "<END CONVERSATION>",
      "Provide your safety assessment for ONLY THE LAST",
      "message in the above conversation:",
      "- First line must read 'safe' or 'unsafe'.",
      "- If unsafe, a second line must include a comma-separated list of violated categories. [/INST]",
      "User",
      "Agent",
    ]);
  });

  it("keeps control tokens further on", () => {
    const pieces = templatePieces(templates["llama-guard-3"]);
    expect(pieces.slice(0, 3)).toEqual(["<|start_header_id|>", "user", "<|end_header_id|>"]);
    expect(pieces).toContain("<|eot_id|>");
    expect(pieces).not.toContain("<|begin_of_text|>");
  });

  it.each(Object.values(templates))("gives pieces that every prompt of $name has", (template) => {
    const prompt = renderGuardPrompt(template, categories, [
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
    ])
      .map((span) => ("control" in span ? span.control : span.text))
      .join("");
    const missing = templatePieces(template).filter((piece) => !prompt.replace(/\s+/g, " ").includes(piece));
    expect(missing).toEqual([]);
  });
});
