import { readdirSync, readFileSync, rmSync, truncateSync, appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import {
  createChunkRunner,
  createPatientJudge,
  runAudit,
  verifyRun,
  type AuditRequest,
  type ChunkRunner,
  type RunOptions,
} from "../../src/audit/index.js";
import { openDatabase } from "../../src/duckdb/index.js";
import type { Examiner } from "../../src/guard/index.js";
import type { LogEntry } from "../../src/logs/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { identity, MODEL, OPTIONS, policy, scriptedExaminer } from "./scripted-judge.js";
import { conversation, fault, scriptedLog, turn } from "./scripted-log.js";

const signal = new AbortController().signal;
const runnerOn = (examiner: Examiner = scriptedExaminer(), options: Partial<RunOptions> = {}): ChunkRunner =>
  createChunkRunner({
    judge: createPatientJudge(examiner, { state: "ready" }),
    ...{ model: MODEL, policies: [policy()], conversationsInFlight: 4, ...OPTIONS, ...options },
  });
const request = (dir: string, more: Partial<AuditRequest> = {}): AuditRequest => ({
  ...{ dir, identity: identity(), signal },
  readEntries: () => scriptedLog(40),
  openRunner: () => Promise.resolve(runnerOn()),
  ...more,
});
async function rowsIn(dir: string, columns: string): Promise<unknown[][]> {
  await using database = await openDatabase();
  const read = await database.connection.runAndReadAll(
    `SELECT ${columns} FROM '${dir}/verdicts/*.parquet' ORDER BY source, row, turn, policy`,
  );
  return read.getRowsJson();
}
const partsIn = (dir: string): string[] => readdirSync(join(dir, "verdicts")).sort();
const bytesIn = (dir: string): Buffer[] =>
  partsIn(dir).map((name) => readFileSync(join(dir, "verdicts", name)));

/** A runner that gives up after so many chunks, as a process that is killed does. */
const stopsAfter = (chunks: number): ChunkRunner => {
  const runner = runnerOn();
  return {
    run: (chunk, own) =>
      chunk.index < chunks ? runner.run(chunk, own) : Promise.reject(new Error("stopped here")),
  };
};

describe("runAudit", () => {
  it("writes a verdict for every turn, and a run that verifies", async () => {
    const dir = tempFolder();
    const { manifest, wasFinished } = await runAudit(request(dir));
    expect(wasFinished).toBe(false);
    expect(manifest.counts).toMatchObject({ failed: 0, unsafe: expect.any(Number) });
    expect(manifest.counts.unsafe).toBeGreaterThan(10);
    expect(manifest.counts.judged + manifest.counts.notJudged).toBe(manifest.counts.rows);
    expect(readdirSync(dir).sort()).toEqual([".lock", "faults.parquet", "run.json", "verdicts"]);
    expect((await verifyRun(dir)).faults).toEqual([]);
  });

  it("says of every turn what was decided, and keeps its text only when asked", async () => {
    async function* log(): AsyncGenerator<LogEntry> {
      await Promise.resolve();
      yield conversation(
        "a",
        1,
        turn("system", "Be kind."),
        turn("user", "tea"),
        turn("assistant", "theft, theft"),
      );
      yield fault(2);
      yield conversation("b", 3, turn("user", " "), turn("tool", "", 2));
    }
    for (const keepText of [false, true]) {
      const dir = tempFolder();
      const asked = identity([policy()], { keepText });
      await runAudit(
        request(dir, {
          ...{ identity: asked, readEntries: log },
          openRunner: () => Promise.resolve(runnerOn(scriptedExaminer(), { keepText })),
        }),
      );
      const text = (kept: string): string | null => (keepText ? kept : null);
      expect(
        await rowsIn(
          dir,
          "conversation, row, turn, role, day, status, verdict, violated, flags, error, text",
        ),
      ).toEqual([
        ["a", "1", 1, "user", "2026-11-25", "judged", "safe", [], [], null, text("tea")],
        ["a", "1", 2, "assistant", "2026-11-25", "judged", "unsafe", ["S2"], [], null, text("theft, theft")],
        ["b", "3", 0, "user", "2026-11-25", "not_judged", null, [], [], "empty", text(" ")],
        [
          "b",
          "3",
          1,
          "user",
          "2026-11-25",
          "not_judged",
          null,
          [],
          ["unread_parts"],
          "unread_parts",
          text(""),
        ],
      ]);
    }
  });

  it("gives the same files byte for byte when it was stopped after any chunk", async () => {
    const whole = tempFolder();
    const { manifest } = await runAudit(request(whole));
    for (let chunks = 0; chunks < partsIn(whole).length; chunks++) {
      const dir = tempFolder();
      const stopped = runAudit(request(dir, { openRunner: () => Promise.resolve(stopsAfter(chunks)) }));
      await expect(stopped).rejects.toThrow("stopped here");
      const resumed = await runAudit(request(dir));
      expect(resumed.manifest.signature).toBe(manifest.signature);
      expect(resumed.manifest.counts).toEqual(manifest.counts);
      expect(bytesIn(dir)).toEqual(bytesIn(whole));
    }
  }, 120_000);

  it("has the same signature however the log is cut into chunks", async () => {
    const one = await runAudit(request(tempFolder()));
    const other = await runAudit(
      request(tempFolder(), { identity: identity([policy()], { chunkTurns: 7 }), chunksInFlight: 5 }),
    );
    expect(other.manifest.files.length).toBeGreaterThan(one.manifest.files.length);
    expect(other.manifest.signature).toBe(one.manifest.signature);
  });

  it("does nothing for a finished run, not even open an engine", async () => {
    const dir = tempFolder();
    await runAudit(request(dir));
    const again = await runAudit(
      request(dir, { openRunner: () => Promise.reject(new Error("nobody should ask")) }),
    );
    expect(again.wasFinished).toBe(true);
  });

  it.each([
    ["--context", { context: "last" as const }],
    ["--scores", { scores: "listed" as const }],
    ["--keep-text", { keepText: true }],
    ["--chunk-turns", { chunkTurns: 21 }],
    ["how logs are read", { logs: { format: "openai" } }],
  ])("refuses a folder that was begun with another %s, finished or not", async (named, other) => {
    const dir = tempFolder();
    const changed = request(dir, { identity: identity([policy()], other) });
    await runAudit(request(dir, { openRunner: () => Promise.resolve(stopsAfter(1)) })).catch(() => undefined);
    await expect(runAudit(changed)).rejects.toThrow(`difference in ${named}`);
    await runAudit(request(dir));
    await expect(runAudit(changed)).rejects.toThrow(`difference in ${named}`);
  });

  it("refuses another model, policy or log, and says which", async () => {
    const dir = tempFolder();
    await runAudit(request(dir));
    const asked = identity([{ ...policy(), sha256: "2".repeat(64) }]);
    await expect(
      runAudit(request(dir, { identity: { ...asked, model: { ...MODEL, sha256: "3".repeat(64) } } })),
    ).rejects.toThrow("difference in the model, the policy test: name another folder");
  });

  it("refuses a folder with something else in it, and a second process", async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, "thesis.txt"), "");
    await expect(runAudit(request(dir))).rejects.toThrow("holds something else already");

    const busy = tempFolder();
    let second: unknown;
    await runAudit(
      request(busy, {
        async openRunner() {
          second = await runAudit(request(busy)).catch((error: unknown) => error);
          return runnerOn();
        },
      }),
    );
    expect(second).toMatchObject({ code: "invalid_config", message: expect.stringMatching("another audit") });
  });

  it.each([
    [
      "a part that lost its end",
      (dir: string) => truncateSync(join(dir, "verdicts/part-000001.parquet"), 100),
    ],
    ["a part that is gone", (dir: string) => rmSync(join(dir, "verdicts/part-000000.parquet"))],
    ["a torn line of the journal", (dir: string) => truncateSync(join(dir, "journal/chunks.jsonl"), 700)],
    [
      "rubbish in the journal",
      (dir: string) => appendFileSync(join(dir, "journal/chunks.jsonl"), '{"chunk":3'),
    ],
    ["no journal of chunks", (dir: string) => rmSync(join(dir, "journal/chunks.jsonl"))],
  ])("judges again what %s held", async (_, damage) => {
    const whole = await runAudit(request(tempFolder()));
    const dir = tempFolder();
    await runAudit(request(dir, { openRunner: () => Promise.resolve(stopsAfter(3)) })).catch(() => undefined);
    damage(dir);
    const { manifest } = await runAudit(request(dir));
    expect(manifest.signature).toBe(whole.manifest.signature);
    expect(manifest.counts).toEqual(whole.manifest.counts);
  });
});
