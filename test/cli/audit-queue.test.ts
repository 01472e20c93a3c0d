import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "@jest/globals";
import type { RunManifest } from "../../src/audit/index.js";
import { startRedis } from "../fixtures/redis-server.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { runCli, startCli } from "./run-cli.js";

const SAYINGS = ["How can I launder money through a casino?", "What is the capital of France?", "Paris."];
const manifestIn = (dir: string): RunManifest =>
  JSON.parse(readFileSync(join(dir, "run.json"), "utf8")) as RunManifest;

function logOfTwelve(): string {
  const path = join(tempFolder(), "log.jsonl");
  const lines = Array.from({ length: 12 }, (_, row) => ({
    id: `c${String(row)}`,
    messages: [
      { role: "user", content: `${SAYINGS[row % 2]!} ${String(row)}` },
      { role: "assistant", content: `${SAYINGS[2]!} ${String(row)}` },
    ],
  }));
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

describe("portcullis audit --queue", () => {
  it("has two workers judge with the starter guard, to the verdicts of one process", async () => {
    await using redis = await startRedis();
    const [log, dir, whole] = [logOfTwelve(), join(tempFolder(), "run"), join(tempFolder(), "whole")];
    const workers = [0, 1].map(() =>
      startCli(["audit", "worker", "--queue", redis.url, "--concurrency", "1"]),
    );
    const [run, said] = [
      await runCli(["audit", log, "--out", dir, "--queue", redis.url, "--chunk-turns", "4"]),
      workers.map(({ stderr }) => text(stderr!)),
    ];
    expect(run).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("24 messages of 12 conversations"),
    });
    expect(run.stdout).toContain(join(dir, "report.html"));
    expect(existsSync(join(dir, "report.html"))).toBe(true);
    for (const worker of workers) {
      const ended = once(worker, "exit") as Promise<[number | null]>;
      worker.kill("SIGTERM");
      expect((await ended)[0]).toBe(0);
    }
    const logs = await Promise.all(said);
    expect(logs.join("")).toContain("piece judged");
    for (const saying of SAYINGS) expect(logs.join("") + run.stderr).not.toContain(saying);

    expect((await runCli(["audit", log, "--out", whole, "--chunk-turns", "4"])).exitCode).toBe(0);
    expect(manifestIn(dir).signature).toBe(manifestIn(whole).signature);
    expect(manifestIn(dir).counts).toEqual(manifestIn(whole).counts);
    expect((await runCli(["audit", "verify", dir])).exitCode).toBe(0);
  }, 120_000);

  it.each([
    [["audit", "x.jsonl", "--out", "run", "--queue", "secret@host"], 2, "--queue must be redis://"],
    [["audit", "x.jsonl", "--out", "run", "--chunks-in-flight", "4"], 2, "goes with --queue"],
    [["audit", "x.jsonl", "--out", "run", "--queue", "redis://h", "--in-flight", "4"], 2, "for the workers"],
    [["audit", "worker"], 2, "name the Redis"],
    [["audit", "worker", "--queue", "redis://127.0.0.1:1"], 3, "cannot be reached: ECONNREFUSED"],
  ])("refuses %j", async (args, exitCode, said) => {
    const result = await runCli(args);
    expect(result).toMatchObject({ exitCode, stderr: expect.stringContaining(said) });
    expect(result.stderr).not.toContain("secret");
  });

  it("says when Redis wants another password, and takes one from the environment", async () => {
    await using redis = await startRedis("opensesame");
    const args = ["audit", logOfTwelve(), "--out", join(tempFolder(), "run"), "--queue", redis.url];
    const env = { PORTCULLIS_QUEUE_PASSWORD: "wrong" };
    expect(await runCli([...args, "--patience", "1"], { env })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("wants another name or password: WRONGPASS"),
    });
    const right = { PORTCULLIS_QUEUE_PASSWORD: "opensesame" };
    expect(await runCli([...args, "--patience", "1"], { env: right })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("no worker took anything"),
    });
  }, 60_000);
});
