import { basename, dirname } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { buildGuardModel } from "./guard-model.js";
import { runCli } from "./run-cli.js";

const SLOW_MS = 120_000; // starts processes on machines that may be busy

let model: string;
beforeAll(async () => {
  model = await buildGuardModel();
}, SLOW_MS);

describe("portcullis moderate", () => {
  it(
    "prints a verdict that people can read, and what the model is",
    async () => {
      const { exitCode, stdout, stderr } = await runCli(["moderate", "hello there", "--guard", model]);
      expect(stderr).not.toContain("error");
      expect(stdout).toMatch(/^(un)?safe {2}\d+\.\d % likely to be unsafe, by llama-guard-2 /);
      expect(stdout).toMatch(/\ntiny-guard: Random weights for tests\.\n$/);
      expect(exitCode).toBe(0);
    },
    SLOW_MS,
  );

  it(
    "prints the service's JSON, with every category when scores are asked for",
    async () => {
      const { stdout } = await runCli(
        ["moderate", "--json", "--scores", "listed", "--role", "assistant", "--guard", model],
        { stdin: "what stands on stdin\n" },
      );
      const answer = JSON.parse(stdout) as { role: string; categories: { code: string }[] };
      expect(answer.role).toBe("assistant");
      expect(answer.categories.map(({ code }) => code)).toEqual(
        Array.from({ length: 11 }, (_, index) => `S${String(index + 1)}`),
      );
    },
    SLOW_MS,
  );

  it(
    "turns an unsafe verdict into exit code 1 when asked to, by a model known by name",
    async () => {
      const [modelsDir, name] = [dirname(model), basename(model)];
      const args = ["moderate", "hello", "--json", "--exit-code", "--models-dir", modelsDir, "--guard", name];
      const { exitCode, stdout } = await runCli(args);
      const { verdict } = JSON.parse(stdout) as { verdict: "safe" | "unsafe" };
      expect(exitCode).toBe(verdict === "unsafe" ? 1 : 0);
    },
    SLOW_MS,
  );

  it.each([
    ["a policy nobody has", ["--policy", "absent"], 2],
    ["a way of scoring that does not exist", ["--scores", "guessed"], 2],
  ])(
    "fails with one line for %s",
    async (_, flags, code) => {
      const { exitCode, stdout, stderr } = await runCli(["moderate", "SECRET", "--guard", model, ...flags]);
      expect(exitCode).toBe(code);
      expect(stdout).toBe("");
      expect(stderr).toContain("portcullis: ");
      expect(stderr).not.toContain("SECRET");
    },
    SLOW_MS,
  );

  it("fails with 3 when no service answers", async () => {
    const { exitCode, stderr } = await runCli(["moderate", "hello", "--url", "http://127.0.0.1:1"]);
    expect(stderr).toBe("portcullis: no service answers at http://127.0.0.1:1\n");
    expect(exitCode).toBe(3);
  });
});
