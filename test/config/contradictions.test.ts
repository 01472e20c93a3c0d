import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readConfig } from "../../src/config/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const REMOTE_GUARD = {
  PORTCULLIS_GUARD_URL: "http://10.0.0.7:8000",
  PORTCULLIS_GUARD_MODEL: "llama-guard-2-8b",
  PORTCULLIS_GUARD_TOKENIZER: "tokenizer.json",
};
const REMOTE_GENERATOR = {
  PORTCULLIS_GENERATOR_URL: "http://127.0.0.1:11434",
  PORTCULLIS_GENERATOR_MODEL: "llama3",
};
const invalid = (said: RegExp) =>
  expect.objectContaining({ code: "invalid_config", message: expect.stringMatching(said) });

describe("settings of engines elsewhere", () => {
  it("are right with an address, a name and a tokenizer", () => {
    const config = readConfig({}, { ...REMOTE_GUARD, ...REMOTE_GENERATOR });
    expect(config).toMatchObject({ guardServer: "vllm", guardKey: null, generatorKey: null, warnings: [] });
  });

  it.each([
    ["two guards", { ...REMOTE_GUARD, PORTCULLIS_GUARD: "starter-guard" }, /both name a guard/],
    [
      "two generators",
      { ...REMOTE_GENERATOR, PORTCULLIS_GENERATOR: "starter-chat" },
      /both name a generator/,
    ],
    ["no generator and one elsewhere", { ...REMOTE_GENERATOR, PORTCULLIS_GENERATOR: "none" }, /both name/],
    [
      "a guard elsewhere without a name",
      { ...REMOTE_GUARD, PORTCULLIS_GUARD_MODEL: undefined },
      /GUARD_MODEL is missing/,
    ],
    [
      "a guard elsewhere without a tokenizer",
      { ...REMOTE_GUARD, PORTCULLIS_GUARD_TOKENIZER: undefined },
      /GUARD_TOKENIZER is missing/,
    ],
    [
      "a generator elsewhere without a name",
      { PORTCULLIS_GENERATOR_URL: "http://x" },
      /GENERATOR_MODEL is missing/,
    ],
    [
      "a server's name without its address",
      { PORTCULLIS_GUARD_SERVER: "vllm" },
      /GUARD_SERVER mean.*GUARD_URL/,
    ],
    ["a generator's key without an address", { PORTCULLIS_GENERATOR_KEY_FILE: "k" }, /GENERATOR_URL/],
    [
      "retries with nobody to ask",
      { PORTCULLIS_SERVER_RETRIES: "1" },
      /GUARD_URL or PORTCULLIS_GENERATOR_URL/,
    ],
    ["threads of a guard elsewhere", { ...REMOTE_GUARD, PORTCULLIS_THREADS: "4" }, /THREADS.*this machine/],
    [
      "threads of a generator elsewhere",
      { ...REMOTE_GENERATOR, PORTCULLIS_GENERATOR_THREADS: "4" },
      /this machine/,
    ],
    [
      "gates around no generator",
      { PORTCULLIS_GENERATOR: "none", PORTCULLIS_CHAT_BEFORE: "first" },
      /CHAT_BEFORE/,
    ],
    ["a check longer than the answer", { PORTCULLIS_CHAT_DEADLINE_MS: "1000" }, /CHAT_CHECK_DEADLINE_MS/],
  ])("are refused: %s", (_, env, said) => {
    expect(() => readConfig({}, env)).toThrow(invalid(said));
  });

  it("warn of what is open, early or in clear", () => {
    const path = join(tempFolder(), "key");
    writeFileSync(path, "k", { mode: 0o644 });
    const { warnings } = readConfig(
      { chatFailOpenInput: "yes", chatFailOpenOutput: "yes", chatMaxUnjudgedTokens: "20" },
      { ...REMOTE_GUARD, PORTCULLIS_GUARD_KEY_FILE: path },
    );
    expect(warnings).toHaveLength(5);
    expect(warnings.join("\n")).toMatch(/chmod.*\n.*clear.*\nPrompts.*\nAnswers.*\nUp to 20 tokens/);
  });
});

describe("the key of a server", () => {
  const read = (content: string): string | null => {
    const path = join(tempFolder(), "key");
    writeFileSync(path, content, { mode: 0o600 });
    return readConfig({}, { ...REMOTE_GENERATOR, PORTCULLIS_GENERATOR_KEY_FILE: path }).generatorKey;
  };

  it("is what the file holds, without the newline that editors add", () => {
    expect(read("sk-abc\n")).toBe("sk-abc");
  });

  it.each(["", "\n", "two keys", "sk-äöü", "a\nb"])(
    "is not %j, and the refusal does not repeat it",
    (content) => {
      expect(() => read(content)).toThrow(invalid(/^key file \S+ must hold one key and nothing else$/));
    },
  );

  it("must be there", () => {
    const env = { ...REMOTE_GENERATOR, PORTCULLIS_GENERATOR_KEY_FILE: "/absent" };
    expect(() => readConfig({}, env)).toThrow(invalid(/cannot be read/));
  });
});
