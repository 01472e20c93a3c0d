import { describe, expect, it } from "@jest/globals";
import { diffRuns } from "../../src/audit/index.js";
import type { LogEntry } from "../../src/logs/index.js";
import { finishedRun } from "./finished-run.js";
import { policy } from "./scripted-judge.js";
import { conversation, fault, turn } from "./scripted-log.js";

const logOf = (...entries: readonly LogEntry[]) =>
  async function* (): AsyncGenerator<LogEntry> {
    await Promise.resolve();
    yield* entries;
  };

describe("diffRuns", () => {
  it("finds nothing between equal runs", async () => {
    const [a, b] = [await finishedRun(), await finishedRun()];
    const diff = await diffRuns(a.dir, b.dir);
    expect(diff).toMatchObject({ both: a.manifest.counts.rows, onlyA: 0, onlyB: 0, otherText: 0 });
    expect([diff.changes, diff.categories, diff.examples]).toEqual([[], [], []]);
    expect(diff.scores.map(({ maxAbsolute }) => maxAbsolute)).toEqual([0, 0]);
  });

  it("counts what changed by policy, role and category, and shows where", async () => {
    const log = logOf(
      conversation("a", 1, turn("user", "theft"), turn("assistant", "violence, violence, violence")),
      conversation("b", 2, turn("user", "tea")),
      conversation("gone", 3, turn("user", "tea")),
    );
    const later = logOf(
      conversation("a", 1, turn("user", "theft"), turn("assistant", "violence, violence, violence")),
      conversation("b", 2, turn("user", "tea!"), turn("assistant", "new")),
    );
    const a = await finishedRun([policy("test", 0.1)], { keepText: true }, log);
    const b = await finishedRun([policy("test", 0.5)], {}, later);
    const diff = await diffRuns(a.dir, b.dir);
    expect(diff).toMatchObject({ both: 3, onlyA: 1, onlyB: 1, otherText: 1 });
    expect(diff.changes).toEqual([{ policy: "test", role: "user", from: "unsafe", to: "safe", turns: 1 }]);
    expect(diff.categories).toEqual([{ policy: "test", category: "S2", role: "user", onlyA: 1, onlyB: 0 }]);
    expect(diff.examples).toMatchObject([
      { conversation: "a", turn: 0, violatedA: ["S2"], violatedB: [], scoreA: 0.45, text: "theft" },
    ]);
  });

  it("takes runs without a single message, and refuses folders that are none", async () => {
    const empty = await finishedRun([policy()], {}, logOf(fault(1)));
    const other = await finishedRun();
    expect(await diffRuns(empty.dir, other.dir)).toMatchObject({
      ...{ both: 0, onlyA: 0, onlyB: other.manifest.counts.rows, changes: [], examples: [] },
    });
    await expect(diffRuns(empty.dir, `${empty.dir}/verdicts`)).rejects.toThrow("holds no finished audit");
  });
});
