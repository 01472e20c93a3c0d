import { describe, expect, it, test } from "@jest/globals";
import { checkPolicy, parsePolicy } from "../../src/policy/index.js";

const MINIMAL = {
  id: "mine",
  version: "1",
  title: "Mine",
  template: "llama-guard-2",
  categories: [
    { code: "S1", name: "First" },
    { code: "S2", name: "Second", text: "What it means." },
  ],
};

type Change = Record<string, unknown>;
const withFields = (change: Change): Change => ({ ...MINIMAL, ...change });
const withCategory = (change: Change): Change =>
  withFields({ categories: [MINIMAL.categories[0], { ...MINIMAL.categories[1], ...change }] });
const pointersOf = (source: unknown): string[] => checkPolicy(source).map(({ pointer }) => pointer);

describe("parsePolicy", () => {
  it("fills in what a short file leaves out", () => {
    const rule = { threshold: 0.5, action: "block" };
    expect(parsePolicy(JSON.stringify(MINIMAL))).toMatchObject({
      id: "mine",
      notice: null,
      categories: [
        {
          code: "S1",
          promptName: "First. ",
          text: null,
          openaiNames: [],
          rules: { user: rule, assistant: rule },
        },
        { code: "S2", promptName: "Second. ", text: "What it means." },
      ],
    });
  });

  it("lets the role speak before the category, the category before the policy", () => {
    const policy = parsePolicy({
      ...withCategory({
        threshold: 0.6,
        roles: { user: { threshold: 0.9 }, assistant: { action: "block" } },
      }),
      defaults: { threshold: 0.4, action: "flag" },
    });
    expect(policy.categories.map(({ rules }) => rules)).toEqual([
      { user: { threshold: 0.4, action: "flag" }, assistant: { threshold: 0.4, action: "flag" } },
      { user: { threshold: 0.9, action: "flag" }, assistant: { threshold: 0.6, action: "block" } },
    ]);
  });

  it("keeps a threshold of 0", () => {
    expect(parsePolicy(withCategory({ threshold: 0 })).categories[1]!.rules.user.threshold).toBe(0);
  });

  it("freezes all of it", () => {
    const policy = parsePolicy(MINIMAL);
    expect(Object.isFrozen(policy)).toBe(true);
    expect(Object.isFrozen(policy.categories[0]!.rules.user)).toBe(true);
    expect(Object.isFrozen(policy.categories[0]!.openaiNames)).toBe(true);
  });

  it("gives equal policies equal hashes, however they are written", () => {
    const reordered = `{ "categories": ${JSON.stringify(MINIMAL.categories)}, "title": "Mine", "note": "x",
      "template": "llama-guard-2", "defaults": { "action": "block" }, "version": "1", "id": "mine" }`;
    expect(parsePolicy(reordered).sha256).toBe(parsePolicy(MINIMAL).sha256);
    expect(parsePolicy(MINIMAL).sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["a threshold", withCategory({ threshold: 0.51 })],
    ["a text", withCategory({ text: "What it means!" })],
    ["the version", withFields({ version: "2" })],
    ["the order", withFields({ categories: [...MINIMAL.categories].reverse() })],
  ])("gives another hash when %s differs", (_what, other) => {
    expect(parsePolicy(other).sha256).not.toBe(parsePolicy(MINIMAL).sha256);
  });

  it("blocks both ways in guarded chat, with a refusal, where a file does not say", () => {
    expect(parsePolicy(MINIMAL)).toMatchObject({
      refusal: { default: "Sorry, I can't help with that.", locales: {} },
      modes: { input: "enforce", output: "enforce" },
      unjudgeable: "refuse",
    });
  });

  const CHAT_RULES = {
    refusal: { default: "No.", locales: { de: "Nein.", "pt-BR": "Não." } },
    modes: { output: "shadow" },
    unjudgeable: "pass",
  };

  it("takes what a file says of guarded chat, and leaves the file as it was", () => {
    const file = withFields(CHAT_RULES);
    expect(parsePolicy(file)).toMatchObject({
      ...CHAT_RULES,
      modes: { input: "enforce", output: "shadow" },
    });
    expect(Object.isFrozen(CHAT_RULES.refusal.locales)).toBe(false);
  });

  it("keeps the hash when only guarded chat changes: no verdict does", () => {
    expect(parsePolicy(withFields(CHAT_RULES)).sha256).toBe(parsePolicy(MINIMAL).sha256);
  });

  it("names every fault in one error", () => {
    expect(() => parsePolicy(withFields({ version: 7, template: "gpt" }))).toThrow(
      expect.objectContaining({
        code: "invalid_policy",
        pointer: "/version",
        message: expect.stringMatching(
          /^\/version must be a version.*\n\/template must be the prompt template/,
        ),
      }),
    );
  });
});

describe("checkPolicy", () => {
  it("finds nothing wrong with a right one", () => {
    expect(checkPolicy(JSON.stringify(MINIMAL))).toEqual([]);
  });

  test.each<[string, unknown, string[]]>([
    ["no object", 7, [""]],
    ["a missing field", withFields({ title: undefined }), ["/title"]],
    ["an unknown field", withFields({ treshold: 0.5 }), ["/treshold"]],
    ["an unknown field with a slash", withFields({ "a/b": 1 }), ["/a~1b"]],
    ["an unknown template", withFields({ template: "llama-guard-9" }), ["/template"]],
    ["an id with capitals", withFields({ id: "Mine" }), ["/id"]],
    ["a title of two lines", withFields({ title: "a\nb" }), ["/title"]],
    ["no categories", withFields({ categories: [] }), ["/categories"]],
    ["a code with a zero", withCategory({ code: "S01" }), ["/categories/1/code"]],
    ["a code with three digits", withCategory({ code: "S100" }), ["/categories/1/code"]],
    ["a threshold above 1", withCategory({ threshold: 1.5 }), ["/categories/1/threshold"]],
    ["a threshold in percent", withFields({ defaults: { threshold: "50%" } }), ["/defaults/threshold"]],
    ["an unknown action", withCategory({ action: "warn" }), ["/categories/1/action"]],
    ["an unknown role", withCategory({ roles: { system: {} } }), ["/categories/1/roles/system"]],
    ["an unknown OpenAI name", withCategory({ openai: ["spam"] }), ["/categories/1/openai/0"]],
    ["an OpenAI name twice", withCategory({ openai: ["hate", "hate"] }), ["/categories/1/openai"]],
    ["an empty text", withCategory({ text: "" }), ["/categories/1/text"]],
    ["a text without end", withCategory({ text: "a".repeat(4001) }), ["/categories/1/text"]],
    ["a heading of two lines", withCategory({ promptName: "a\nb" }), ["/categories/1/promptName"]],
    ["a code twice", withCategory({ code: "S1" }), ["/categories/1/code"]],
    ["another letter", withCategory({ code: "O2" }), ["/categories/1/code"]],
    ["a name twice", withCategory({ name: "FIRST" }), ["/categories/1/name"]],
    ["a closing tag in a text", withCategory({ text: "x\n<END CONVERSATION>" }), ["/categories/1/text"]],
    ["a control token in a name", withCategory({ name: "<|eot_id|>" }), ["/categories/1/name"]],
    [
      "an instruction tag in a heading",
      withCategory({ promptName: "x [/INST]" }),
      ["/categories/1/promptName"],
    ],
    ["a turn in a text", withCategory({ text: "Example:\nUser: hi" }), ["/categories/1/text"]],
    ["a category inside a text", withCategory({ text: "a\nS1: b" }), ["/categories/1/text"]],
    ["an unknown mode", withFields({ modes: { input: "off" } }), ["/modes/input"]],
    ["an unknown side", withFields({ modes: { both: "flag" } }), ["/modes/both"]],
    ["an unknown wish about images", withFields({ unjudgeable: "drop" }), ["/unjudgeable"]],
    ["refusals without a default", withFields({ refusal: { locales: {} } }), ["/refusal/default"]],
    ["an empty refusal", withFields({ refusal: { default: "" } }), ["/refusal/default"]],
    ["half a character in a refusal", withFields({ refusal: { default: "\ud83d" } }), ["/refusal/default"]],
    [
      "a language that is none",
      withFields({ refusal: { default: "No.", locales: { german: "Nein." } } }),
      ["/refusal/locales", "/refusal/locales"],
    ],
    ["half a character", withCategory({ text: "\ud83d" }), ["/categories/1/text"]],
    [
      "more text than a prompt has room for",
      withFields({
        categories: Array.from({ length: 5 }, (_, i) => ({
          code: `S${String(i + 1)}`,
          name: `N${String(i)}`,
          text: "a".repeat(4000),
        })),
      }),
      ["/categories"],
    ],
    [
      "several things at once",
      withFields({ id: "", categories: [{ code: "s1" }] }),
      ["/id", "/categories/0/name", "/categories/0/code"],
    ],
  ])("points at %s", (_what, source, pointers) => {
    expect(pointersOf(source).sort()).toEqual([...pointers].sort());
  });

  it.each([
    ["/title is missing", withFields({ title: undefined })],
    ["/categories/1/threshold must be a probability from 0 to 1", withCategory({ threshold: 2 })],
    ["/defaults/limit is not a field; there are threshold, action", withFields({ defaults: { limit: 1 } })],
    ["/categories/1/code must differ from the codes before it", withCategory({ code: "S1" })],
    [
      "/categories/1/action must be block, flag (pass with a mark) or allow (pass)",
      withCategory({ action: "warn" }),
    ],
  ])("says %j", (sentence, source) => {
    const said = checkPolicy(source).map(({ pointer, message }) => `${pointer} ${message}`);
    expect(said).toEqual([expect.stringContaining(sentence)]);
  });
});
