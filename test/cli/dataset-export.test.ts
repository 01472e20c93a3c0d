import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { runCli, type Finished } from "./run-cli.js";

const row = (id: string, content: string, given: object = {}): object => ({
  ...{ id, source: "made-up", split: "train", target: "user", label: "safe" },
  ...{ categories: [], categories_known: true, messages: [{ role: "user", content }] },
  ...given,
});
const unsafe = { label: "unsafe", categories: ["S2"] };

let dir: string;
let out: string;
let file: string;
beforeEach(() => {
  dir = tempFolder();
  out = join(dir, "train.jsonl");
  file = join(dir, "rows.jsonl.gz");
  const rows = [
    row("1", "How do I bake bread?"),
    row("2", "How do I forge a cheque?", unsafe),
    row("3", "How do I do harm?", { label: "unsafe", categories_known: false }),
    row("4", "How do I write <|eot_id|>?"),
    row("5", "long ".repeat(2000)),
  ];
  writeFileSync(file, gzipSync(rows.map((one) => JSON.stringify(one)).join("\n")));
});

const exportRows = (...args: readonly string[]): Promise<Finished> =>
  runCli(["dataset", "export", file, "--out", out, ...args]);

const written = (): { prompt: string; completion: string }[] =>
  readFileSync(out, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { prompt: string; completion: string });

describe("portcullis dataset export", () => {
  it("writes what TRL trains on and sums up what it left out", async () => {
    const starter = join(PACKAGE_ROOT, "onnx/starter-guard");
    const { exitCode, stdout, stderr } = await exportRows("--max-tokens", "1024", "--model", starter);
    expect(stderr).toBe(
      `${out}: 2 examples of 5 rows, 1 safe, 1 unsafe\n` +
        "  left out: 1 unsafe, categories not known (--unknown-categories keep has them without codes)\n" +
        "  left out: 1 with text such as <|eot_id|>, which TRL would read as structure\n" +
        "  left out: 1 longer than 1024 tokens\n",
    );
    expect(stdout).toBe("");
    expect(exitCode).toBe(0);
    expect(written().map(({ completion }) => completion)).toEqual(["safe", "unsafe\nS2"]);
    expect(written()[1]!.prompt).toMatch(
      /^\[INST\] Task: .+\nUser: How do I forge a cheque\?\n.+\[\/INST\]$/s,
    );
  });

  it("asks by another policy, keeps what it is told to keep and adds variations", async () => {
    const { stderr } = await exportRows(
      ...["--policy", "llama-guard-3", "--unknown-categories", "keep", "--augment", "2", "--seed", "7"],
    );
    expect(stderr).toContain("12 examples of 5 rows");
    expect(stderr).toContain("  varied: 8\n");
    expect(written().every(({ prompt }) => prompt.startsWith("<|start_header_id|>user"))).toBe(true);
    expect(written().filter(({ completion }) => completion === "\n\nunsafe")).toHaveLength(3);
  });

  it("does not touch a file that is there", async () => {
    writeFileSync(out, "mine");
    const { exitCode, stderr } = await exportRows();
    expect(stderr).toContain("train.jsonl exists already");
    expect(exitCode).toBe(2);
    expect(readFileSync(out, "utf8")).toBe("mine");
  });

  it("names the place of a bad row, quotes nothing of it and leaves no file", async () => {
    writeFileSync(file, gzipSync(`${JSON.stringify(row("1", "a"))}\n{"content":"a private matter"}`));
    const { exitCode, stderr } = await exportRows();
    expect(stderr).toMatch(
      /^portcullis: .+rows\.jsonl\.gz, line 2: the row must have required property 'id'\n$/,
    );
    expect(exitCode).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    ["no file to make", ["rows.jsonl"], /with --out the file to make/],
    ["no rows", ["--out", "train.jsonl"], /name the files of labelled rows/],
    [
      "a limit without a tokenizer",
      ["a", "--out", "b", "--max-tokens", "1024"],
      /--max-tokens and --model go together/,
    ],
    [
      "a tokenizer without a limit",
      ["a", "--out", "b", "--model", "."],
      /--max-tokens and --model go together/,
    ],
    [
      "a folder without a tokenizer",
      ["a", "--out", "b", "--max-tokens", "99", "--model", "/absent"],
      /tokenizer/,
    ],
    [
      "a number that is none",
      ["a", "--out", "b", "--augment", "many"],
      /--augment must be a whole number from 0 to 100/,
    ],
    ["a policy that does not exist", ["a", "--out", "b", "--policy", "mine"], /no policy has this id/],
  ])("answers %s with one line and exit code 2", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await runCli(["dataset", "export", ...args]);
    expect(stderr).toMatch(/^portcullis: .+\n$/);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});
