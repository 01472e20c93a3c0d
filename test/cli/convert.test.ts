import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint } from "../fixtures/tiny-checkpoint.js";
import { runCli } from "./run-cli.js";

const SLOW_MS = 120_000; // starts processes on machines that may be busy

describe("portcullis convert", () => {
  it(
    "makes a model folder, licence included, and does not touch it a second time",
    async () => {
      const folder = tempFolder();
      const [checkpoint, model] = [join(folder, "checkpoint"), join(folder, "small-guard")];
      await writeTinyCheckpoint(checkpoint);
      writeFileSync(join(checkpoint, "LICENSE"), "terms");

      const first = await runCli([
        "convert",
        checkpoint,
        model,
        "--format",
        "fp32",
        "--repository",
        "org/name",
      ]);
      expect(first.stderr).toMatch(/^Converting 100%|^Converting/);
      expect(first.exitCode).toBe(0);
      expect(first.stdout).toContain(`portcullis serve --guard ${model}`);
      expect(readFileSync(join(model, "LICENSE"), "utf8")).toBe("terms");
      expect(JSON.parse(readFileSync(join(model, "manifest.json"), "utf8"))).toMatchObject({
        id: "small-guard",
        notice: "Converted from org/name. Built with Meta Llama 3.",
        graph: { format: "fp32" },
        head: { kind: "rows" },
      });

      const second = await runCli(["convert", checkpoint, model]);
      expect(second).toMatchObject({ exitCode: 2, stdout: "" });
      expect(second.stderr).toContain("exists already");
    },
    SLOW_MS,
  );

  it.each([
    ["no folders", []],
    ["a checkpoint that is not there", ["/absent", "/tmp/portcullis-never-made"]],
    ["a format that does not exist", [".", "/tmp/portcullis-never-made", "--format", "int3"]],
  ])("answers %s with one line and exit code 2", async (_, args) => {
    const { exitCode, stdout, stderr } = await runCli(["convert", ...args]);
    expect(stderr).toMatch(/^portcullis: .+\n$/);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
    expect(existsSync("/tmp/portcullis-never-made")).toBe(false);
  });
});
