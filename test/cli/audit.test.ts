import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { seededRandom } from "../../src/base/index.js";
import type { RunManifest } from "../../src/audit/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { runCli, startCli } from "./run-cli.js";

const LINES = [
  { id: "a", messages: [{ role: "user", content: "How can I launder money through a casino?" }] },
  {
    id: "b",
    messages: [
      { role: "user", content: "What is the capital of France?" },
      { role: "assistant", content: "Paris." },
    ],
  },
];

function logOf(lines: readonly object[], more = ""): string {
  const path = join(tempFolder(), "log.jsonl");
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join("") + more);
  return path;
}
const manifestIn = (dir: string): RunManifest =>
  JSON.parse(readFileSync(join(dir, "run.json"), "utf8")) as RunManifest;

describe("portcullis audit", () => {
  it("judges a log, verifies, decides anew and compares", async () => {
    const [log, dir] = [logOf(LINES), join(tempFolder(), "run")];
    const first = await runCli(["audit", log, "--out", dir, "--scores", "listed"]);
    expect(first.stderr).not.toMatch(/warning|error/i);
    expect(first.stdout).toContain("3 messages of 2 conversations by llama-guard-2 1.0.0");
    expect(first.exitCode).toBe(0);
    const report = join(dir, "report.html");
    expect(first.stdout).toContain(report);
    const { seal: shown } = manifestIn(dir);
    expect(readFileSync(report, "utf8")).toContain(`portcullis audit verify DIR --seal ${shown}`);
    expect(manifestIn(dir).counts).toMatchObject({ judged: 3, unsafe: 1, failed: 0 });

    const again = await runCli(["audit", log, "--out", dir, "--scores", "listed", "--fail-on-unsafe"]);
    expect(again.stdout).toContain("nothing was done");
    expect(again.exitCode).toBe(1);
    const other = await runCli(["audit", log, "--out", dir]);
    expect(other).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("difference in --scores") });

    const { seal } = manifestIn(dir);
    expect(await runCli(["audit", "verify", dir, "--seal", seal])).toMatchObject({ exitCode: 0 });
    expect(await runCli(["audit", "verify", dir, "--seal", "0"])).toMatchObject({ exitCode: 1 });

    const lenient = join(tempFolder(), "lenient");
    const replay = await runCli(["audit", "replay", dir, "--threshold", "S2=1", "--out", lenient]);
    expect(replay).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("0 unsafe, 3 safe") });
    const diff = await runCli(["audit", "diff", dir, lenient, "--json"]);
    expect(JSON.parse(diff.stdout)).toMatchObject({
      both: 3,
      changes: [{ policy: "llama-guard-2", role: "user", from: "unsafe", to: "safe", turns: 1 }],
    });
  }, 240_000);

  it("tells by its exit code when a part of the log was not read", async () => {
    const dir = join(tempFolder(), "run");
    const { exitCode, stdout } = await runCli(["audit", logOf(LINES, "no JSON\n"), "--out", dir]);
    expect(stdout).toContain("for 1 record that could not be read");
    expect(exitCode).toBe(4);
  }, 120_000);

  it.each([
    [["audit"], "name the logs"],
    [["audit", "x.jsonl"], "--out"],
    [["audit", "x.jsonl", "--out", "run", "--context", "some"], "--context must be"],
    [["audit", "x.jsonl", "--out", "run", "--policy", "none"], "policy"],
    [["audit", "replay", "x", "--out", "y"], "either --policy or --threshold"],
    [["audit", "verify", "/nowhere"], "no finished audit"],
  ])("refuses %j", async (args, said) => {
    expect(await runCli(args)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(said) });
  });

  it("killed with -9 while the guard judges, comes to the verdicts of a run that was not", async () => {
    const random = seededRandom(7);
    const words = "tea music train weather history garden rice friend clock lake kill bomb money".split(" ");
    const say = (role: string) => ({
      ...{ role },
      content: Array.from({ length: 4 }, () => words[Math.floor(random() * words.length)]!).join(" "),
    });
    const lines = Array.from({ length: 40 }, (_, row) => ({
      id: `c${String(row)}`,
      messages: [say("user"), say("assistant"), say("user")],
    }));
    const [log, dir, whole] = [logOf(lines), join(tempFolder(), "killed"), join(tempFolder(), "whole")];
    const args = (out: string): string[] => ["audit", log, "--out", out, "--chunk-turns", "12"];
    let killed = 0;
    for (let parts = 1; parts <= 3; parts++) {
      const child = startCli(args(dir));
      child.stdout!.resume();
      child.stderr!.resume();
      const ended = once(child, "exit");
      while (partsIn(dir) < 2 * parts && child.exitCode === null)
        await new Promise((go) => setTimeout(go, 20));
      killed += child.kill("SIGKILL") ? 1 : 0;
      await ended;
    }
    expect(killed).toBe(3);
    expect(existsSync(join(dir, "run.json"))).toBe(false);
    expect((await runCli(args(dir))).exitCode).toBe(0);
    expect((await runCli(args(whole))).exitCode).toBe(0);
    expect(manifestIn(dir).signature).toBe(manifestIn(whole).signature);
    expect(manifestIn(dir).counts).toEqual(manifestIn(whole).counts);
  }, 600_000);
});

const partsIn = (dir: string): number =>
  existsSync(join(dir, "verdicts")) ? readdirSync(join(dir, "verdicts")).length : 0;
