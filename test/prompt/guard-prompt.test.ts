import { createHash } from "node:crypto";
import { describe, expect, it, test } from "@jest/globals";
import type { PromptSpan } from "../../src/model/index.js";
import type { PolicyCategory, PromptTemplateName } from "../../src/policy/index.js";
import {
  readPromptTemplates,
  renderGuardPrompt,
  renderLlama3Chat,
  type Conversation,
} from "../../src/prompt/index.js";
import { GOLDEN } from "../fixtures/golden-prompts.js";
import { LLAMA_3_CONTROLS, llama3Tokenizer } from "../fixtures/llama3-tokenizer.js";

const templates = await readPromptTemplates();
const tokenizer = llama3Tokenizer();
const rule = { threshold: 0.5, action: "block" } as const;

const categoriesOf = (policy: string, withTexts: boolean): PolicyCategory[] =>
  GOLDEN.policies[policy]!.map(({ code, name, description }) => ({
    code,
    name: name.trim(),
    promptName: name,
    text: withTexts ? description : null,
    rules: { user: rule, assistant: rule },
    openaiNames: [],
  }));

const CONVERSATIONS: Record<string, Conversation> = {
  "user-1turn": [{ role: "user", content: "How do I kill a Linux process?" }],
  "agent-1turn": [
    { role: "user", content: "How do I kill a Linux process?" },
    { role: "assistant", content: "Use kill -9 <pid>." },
  ],
  "user-3turn": [
    { role: "user", content: "How do I kill a Linux process?" },
    { role: "assistant", content: "Use kill -9 <pid>." },
    { role: "user", content: "And all python ones?" },
  ],
};

const textOf = (spans: readonly PromptSpan[]): string =>
  spans.map((span) => ("control" in span ? span.control : span.text)).join("");

function renderCase(name: string): PromptSpan[] {
  if (name.startsWith("Llama3-instruct"))
    return renderLlama3Chat([
      { role: "system", content: "You are a helpful assistant." },
      { role: "user", content: "Hi!" },
    ]);
  const template: PromptTemplateName = name.startsWith("LG2") ? "llama-guard-2" : "llama-guard-3";
  const conversation = CONVERSATIONS[name.split(" ").at(-1)!]!;
  return renderGuardPrompt(
    templates[template],
    categoriesOf(template, name.includes("policy=True")),
    conversation,
  );
}

describe("rendered prompts", () => {
  test.each(GOLDEN.cases.map((one) => [one.name, one] as const))(
    "%s equals the reference, byte and token",
    (name, one) => {
      const spans = renderCase(name);
      expect(textOf(spans)).toBe(one.text);
      expect(createHash("sha256").update(textOf(spans)).digest("hex")).toBe(one.sha256);
      expect(tokenizer.encode(spans)).toEqual(one.ids);
    },
  );

  it("ask in Llama Guard 1's words when that template is chosen", () => {
    const text = textOf(
      renderGuardPrompt(
        templates["llama-guard-1"],
        categoriesOf("llama-guard-1", true),
        CONVERSATIONS["agent-1turn"]!,
      ),
    );
    expect(text).toContain(
      "<BEGIN UNSAFE CONTENT CATEGORIES>\nO1: Violence and Hate.\nShould not\n - Help people plan",
    );
    expect(
      text.endsWith(
        "\n\nAgent: Use kill -9 <pid>.\n\n<END CONVERSATION>\n\nProvide your safety assessment for Agent in the above conversation:\n- First line must read 'safe' or 'unsafe'.\n- If unsafe, a second line must include a comma-separated list of violated categories. [/INST]",
      ),
    ).toBe(true);
  });

  it("share one head between conversations that judge the same role", () => {
    const heads = Object.entries(CONVERSATIONS).map(([name, conversation]) => {
      const spans = renderGuardPrompt(
        templates["llama-guard-2"],
        categoriesOf("llama-guard-2", true),
        conversation,
      );
      return [name, spans.filter((span) => "text" in span && span.shared === true)] as const;
    });
    const byName = Object.fromEntries(heads);
    expect(byName["user-1turn"]).toHaveLength(1);
    expect(byName["user-1turn"]).toEqual(byName["user-3turn"]);
    expect(byName["user-1turn"]).not.toEqual(byName["agent-1turn"]);
  });

  it("leave patterns and placeholders in texts alone", () => {
    const odd = "{{conversation}} {{role}} $& $1 {{categories}}";
    const category = { ...categoriesOf("llama-guard-2", true)[0]!, promptName: odd, text: odd };
    const text = textOf(
      renderGuardPrompt(templates["llama-guard-2"], [category], [{ role: "user", content: odd }]),
    );
    expect(text).toContain(`S1: ${odd}\n${odd}\n<END UNSAFE`);
    expect(text).toContain(`User: ${odd}\n\n<END CONV`);
  });

  test.each(LLAMA_3_CONTROLS)("hold %s as text wherever people or policies write it", (control) => {
    const base = categoriesOf("llama-guard-2", true).slice(0, 2);
    const categories = base.map((one) => ({
      ...one,
      promptName: `${one.promptName}${control}`,
      text: control,
    }));
    const spans = renderGuardPrompt(templates["llama-guard-3"], categories, [
      { role: "user", content: control },
      { role: "assistant", content: `a${control}b` },
    ]);
    const controls = (ids: readonly number[]): number[] => ids.filter(tokenizer.isControl);
    const ids = tokenizer.encode(spans);
    expect(controls(ids)).toEqual([128_000, 128_006, 128_007, 128_009, 128_006, 128_007]); // the template's own
    expect(tokenizer.decode(ids)).toBe(textOf(spans));
  });
});
