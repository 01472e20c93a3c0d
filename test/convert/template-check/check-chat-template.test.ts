import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkChatTemplate } from "../../../src/convert/template-check/check-chat-template.js";
import type { PromptTemplateName } from "../../../src/policy/index.js";
import { readPromptTemplates, templatePieces } from "../../../src/prompt/index.js";
import { tempFolder } from "../../fixtures/temp-folder.js";

const templates = await readPromptTemplates();
const piecesOf = (name: PromptTemplateName) => templatePieces(templates[name]);
const published = (name: string): string =>
  readFileSync(new URL(`../../fixtures/chat-templates/${name}.jinja`, import.meta.url), "utf8");

/** A checkpoint folder with these files. */
function checkpoint(files: Readonly<Record<string, string>>): string {
  const dir = tempFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
}

const inFile = (template: string): string => checkpoint({ "chat_template.jinja": template });
const inConfig = (template: unknown): string =>
  checkpoint({ "tokenizer_config.json": JSON.stringify({ bos_token: "<s>", chat_template: template }) });

describe("checkChatTemplate", () => {
  it.each(["llama-guard-2", "llama-guard-3"] as const)(
    "agrees with a template written like that of %s, wherever it stands",
    async (name) => {
      for (const dir of [inFile(published(name)), inConfig(published(name))])
        expect(await checkChatTemplate(dir, piecesOf(name))).toEqual({ kind: "agrees" });
    },
  );

  it("names what of our prompt the template lacks, and nothing of what it has instead", async () => {
    const two = inFile(published("llama-guard-2"));
    expect(await checkChatTemplate(two, piecesOf("llama-guard-1"))).toEqual({
      kind: "differs",
      missing: ["Provide your safety assessment for", "in the above conversation:"],
    });
    expect(await checkChatTemplate(two, piecesOf("llama-guard-3"))).toEqual({
      kind: "differs",
      missing: [
        "<|start_header_id|>",
        "<|end_header_id|>",
        "Task: Check if there is unsafe content in '",
        "- If unsafe, a second line must include a comma-separated list of violated categories.",
        "<|eot_id|>",
      ],
    });
  });

  it("finds that a chat model was trained with another prompt", async () => {
    const finding = await checkChatTemplate(inFile(published("llama-3-instruct")), piecesOf("llama-guard-2"));
    expect(finding).toEqual({ kind: "differs", missing: piecesOf("llama-guard-2") });
  });

  it("finds pieces however a template writes them down, and notices each that is gone", async () => {
    const pieces = piecesOf("llama-guard-2");
    const quoted = (text: string): string => `'${text.replaceAll("'", "\\'").replaceAll(" ", "\\n ")}'`;
    const forms: ((text: string) => string)[] = [
      (text) => `${text}\n`,
      (text) => `{{ ${quoted(text)} }}`,
      (text) => `{%- set x = ${quoted(text)} + role -%}`,
      (text) => `{{ [${text.split(" ").map(quoted).join(" ~ ")}] }}`,
    ];
    const written = fc.tuple(
      ...pieces.map((piece) => fc.constantFrom(...forms).map((write) => write(piece))),
    );
    await fc.assert(
      fc.asyncProperty(written, fc.nat(pieces.length - 1), async (parts, gone) => {
        const dir = inFile(parts.join(""));
        expect(await checkChatTemplate(dir, pieces)).toEqual({ kind: "agrees" });
        const rest = `${parts.toSpliced(gone, 1).join("")}{# ${parts[gone]!.replaceAll("#}", "")} #}`;
        writeFileSync(join(dir, "chat_template.jinja"), rest);
        expect(await checkChatTemplate(dir, pieces)).toEqual({ kind: "differs", missing: [pieces[gone]] });
      }),
      { numRuns: 30 },
    );
  });
});

describe("the chat template of a checkpoint", () => {
  const [ours, other] = ["{{ 'ours' }}", "{{ 'other' }}"];

  it.each([
    ["a file of its own rather than the configuration", { file: ours, config: other }],
    ["a text in the configuration", { config: ours }],
    [
      "the default one of several",
      {
        config: [
          { name: "tool_use", template: other },
          { name: "default", template: ours },
        ],
      },
    ],
    ["the first of several when none is the default", { config: [{ name: "rag", template: ours }] }],
  ])("is %s", async (_, { file, config }: { file?: string; config: unknown }) => {
    const dir = inConfig(config);
    if (file !== undefined) writeFileSync(join(dir, "chat_template.jinja"), file);
    expect(await checkChatTemplate(dir, ["ours"])).toEqual({ kind: "agrees" });
  });

  it.each([
    ["no file says anything", checkpoint({})],
    ["the configuration names none", inConfig(undefined)],
    ["the configuration names nothing", inConfig(null)],
    ["the configuration has an empty list", inConfig([])],
  ])("is absent when %s", async (_, dir) => {
    expect(await checkChatTemplate(dir, ["ours"])).toEqual({ kind: "absent" });
  });

  it.each([
    ["a number in its place", inConfig(1), /neither a text nor named texts/],
    ["a list of other things", inConfig([{ name: "default" }]), /neither a text nor named texts/],
    ["broken JSON", checkpoint({ "tokenizer_config.json": "{" }), /tokenizer_config\.json is not JSON/],
    ["too long a text", inConfig("x".repeat(1024 * 1024 + 1)), /too large a chat template/],
    ["too large a file", inFile("x".repeat(1024 * 1024 + 1)), /chat_template\.jinja has 1048577 bytes/],
  ])("is refused when there is %s", async (_, dir, message) => {
    await expect(checkChatTemplate(dir, ["ours"])).rejects.toMatchObject({
      code: "bad_model_file",
      message: expect.stringMatching(message),
    });
  });

  it("is refused without being read when it is huge or no file", async () => {
    const dir = inConfig(null);
    truncateSync(join(dir, "tokenizer_config.json"), 2 ** 40);
    await expect(checkChatTemplate(dir, [])).rejects.toThrow("too many for what it should hold");
    mkdirSync(join(dir, "chat_template.jinja"));
    await expect(checkChatTemplate(dir, [])).rejects.toThrow("cannot be read");
  });
});
