import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, test } from "@jest/globals";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint } from "../fixtures/tiny-checkpoint.js";
import { runCli } from "./run-cli.js";

const SLOW_MS = 120_000; // starts processes on machines that may be busy

let checkpoint: string;
beforeAll(async () => {
  checkpoint = join(tempFolder(), "checkpoint");
  await writeTinyCheckpoint(checkpoint);
});

/** A copy of the checkpoint with a file changed. */
function changed(name: string, change: (text: string) => string): string {
  const copy = tempFolder();
  execFileSync("cp", ["-r", `${checkpoint}/.`, copy]);
  writeFileSync(join(copy, name), change(readFileSync(join(copy, name), "utf8")));
  return copy;
}

const withoutControl = (text: string): string => text.replace('"<|begin_of_text|>"', '"<|something_else|>"');
const lowerCased = (text: string): string =>
  text.replace('"normalizer":null', '"normalizer":{"type":"Lowercase"}');

describe("making a model", () => {
  const refusals: [string, () => string, string[], RegExp][] = [
    [
      "an id that no manifest takes",
      () => checkpoint,
      ["--id", "Big Guard"],
      /--id takes lower-case letters/,
    ],
    ["an empty notice", () => checkpoint, ["--notice", ""], /--notice must NOT have fewer/],
    [
      "a revision without end",
      () => checkpoint,
      ["--revision", "r".repeat(200)],
      /--revision must NOT have more/,
    ],
    [
      "a template of no guard",
      () => checkpoint,
      ["--template", "llama-3"],
      /--template must be llama-guard-2/,
    ],
    [
      "a template of no generator",
      () => checkpoint,
      ["--task", "generator", "--template", "llama-guard-2"],
      /--template must be llama-3/,
    ],
    [
      "smoothing that would do nothing",
      () => checkpoint,
      ["--format", "fp16", "--smooth", "0.5"],
      /--smooth is for int8/,
    ],
    [
      "calibration that would do nothing",
      () => checkpoint,
      ["--format", "fp32", "--calibrate", "8"],
      /--calibrate is for/,
    ],
    [
      "an adapter that is not there",
      () => checkpoint,
      ["--adapter", "/absent"],
      /--adapter: there is no file/,
    ],
    [
      "data that are not there",
      () => checkpoint,
      ["--calibration-data", "/absent"],
      /--calibration-data: there is no file/,
    ],
    [
      "a tokenizer without a control token of the prompt",
      () => changed("tokenizer.json", withoutControl),
      ["--format", "fp32"],
      /lacks a control token/,
    ],
    [
      "a tokenizer that changes text",
      () => changed("tokenizer.json", lowerCased),
      ["--format", "int4"],
      /normalizer changes text/,
    ],
  ];
  test.each(refusals)(
    "refuses %s before any work",
    async (_, source, flags, message) => {
      const folder = tempFolder();
      const { exitCode, stdout, stderr } = await runCli([
        "convert",
        source(),
        join(folder, "model"),
        ...flags,
      ]);
      expect(stderr).toMatch(/^portcullis: .+\n$/);
      expect(stderr).toMatch(message);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(readdirSync(folder)).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    "names the model after a folder of any name, and leaves strange companions where they are",
    async () => {
      const source = changed("config.json", (text) => text);
      writeFileSync(join(source, "LICENSE.txt"), "terms");
      writeFileSync(join(source, "LICENSE (copy).txt"), "terms");
      mkdirSync(join(source, "licenses"));
      const dir = join(tempFolder(), "My Guard");
      const finished = await runCli(["convert", source, dir, "--format", "fp32"]);
      expect(finished.exitCode).toBe(0);
      expect(finished.stderr).toContain(
        'not copied along, being no plain file of a plain name: "LICENSE (copy).txt", "licenses"',
      );
      expect(readdirSync(dir)).toContain("LICENSE.txt");
      expect(readFileSync(join(dir, "manifest.json"), "utf8")).toContain('"id": "my-guard"');
    },
    SLOW_MS,
  );

  it(
    "is done by one of two that start at once",
    async () => {
      const dir = join(tempFolder(), "model");
      const both = await Promise.all(
        [1, 2].map(() => runCli(["convert", checkpoint, dir, "--calibrate", "4"])),
      );
      expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 2]);
      expect(both.find(({ exitCode }) => exitCode === 2)!.stderr).toMatch(/another process|exists already/);
      expect((await runCli(["models", "verify", "--models-dir", join(dir, "..")])).exitCode).toBe(0);
    },
    SLOW_MS,
  );
});
