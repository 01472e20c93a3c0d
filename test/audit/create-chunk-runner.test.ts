import { describe, expect, it } from "@jest/globals";
import { createChunkRunner, createPatientJudge, type ChunkRunnerDeps } from "../../src/audit/index.js";
import { GuardError } from "../../src/base/index.js";
import type { LogEntry } from "../../src/logs/index.js";
import { MODEL, OPTIONS, policy, scriptedExaminer } from "./scripted-judge.js";
import { conversation, fault, turn } from "./scripted-log.js";

const signal = new AbortController().signal;
const judgeAll = (
  examiner: ReturnType<typeof scriptedExaminer>,
  entries: readonly LogEntry[],
  deps: Partial<ChunkRunnerDeps> = {},
) =>
  createChunkRunner({
    judge: createPatientJudge(examiner, { state: "ready" }),
    ...{ model: MODEL, policies: [policy()], conversationsInFlight: 4, ...OPTIONS },
    ...deps,
  }).run({ index: 0, entries }, signal);

describe("createChunkRunner", () => {
  it("asks the same question once, and copies the answer", async () => {
    const examiner = scriptedExaminer();
    const same = Array.from({ length: 5 }, (_, row) =>
      conversation(`c${String(row)}`, row, turn("user", "theft theft")),
    );
    const { rows, used } = await judgeAll(examiner, same);
    expect(examiner.asked).toHaveLength(1);
    expect(rows.map(({ verdict, violated }) => [verdict, violated])).toEqual(
      same.map(() => ["unsafe", ["S2"]]),
    );
    expect(used.promptTokens).toBe(100);
  });

  it("judges under every policy in one pass, each by its own rules", async () => {
    const examiner = scriptedExaminer();
    const policies = [policy("lenient", 0.99), policy("strict", 0.1)];
    const { rows } = await judgeAll(
      examiner,
      [conversation("a", 1, turn("user", "theft"), turn("assistant", "tea"))],
      {
        policies,
      },
    );
    expect(rows.map(({ turn: at, policy: id, verdict }) => [at, id, verdict])).toEqual([
      [0, "lenient", "safe"],
      [0, "strict", "unsafe"],
      [1, "lenient", "safe"],
      [1, "strict", "safe"],
    ]);
    expect(examiner.asked.map(({ policy: { id } }) => id)).toEqual([
      "lenient",
      "lenient",
      "strict",
      "strict",
    ]);
  });

  it("gives a failed message its code and no verdict, and goes on with the others", async () => {
    const examiner = scriptedExaminer(({ conversation: seen }) => {
      if (seen.at(-1)!.content === "huge") throw new GuardError("too_large", "64 windows");
    });
    const { rows, faults } = await judgeAll(examiner, [
      conversation("a", 1, turn("user", "huge"), turn("assistant", "tea")),
      fault(2),
    ]);
    expect(rows).toMatchObject([
      { status: "failed", error: "too_large", verdict: null, action: null, score: null },
      { status: "judged", error: null, verdict: "safe" },
    ]);
    expect(faults).toEqual([fault(2)]);
  });

  it("keeps the turns of a conversation in order and no more conversations going than it may", async () => {
    let most = 0;
    const open = new Set<string>();
    const examiner = scriptedExaminer(async ({ conversation: seen }) => {
      const key = seen[0].content;
      expect(open.has(key)).toBe(false); // the turn before is not done yet
      open.add(key);
      most = Math.max(most, open.size);
      await new Promise(setImmediate);
      open.delete(key);
    });
    const talks = Array.from({ length: 12 }, (_, row) =>
      conversation(
        `c${String(row)}`,
        row,
        turn("user", `u${String(row)}`),
        turn("assistant", "a"),
        turn("user", "b"),
      ),
    );
    await judgeAll(examiner, talks, { conversationsInFlight: 3 });
    expect(most).toBe(3);
  });

  it("flags a message of which a part could not be read", async () => {
    const { rows } = await judgeAll(scriptedExaminer(), [conversation("a", 1, turn("user", "look", 1))]);
    expect(rows[0]).toMatchObject({ status: "judged", flags: ["unread_parts"] });
  });
});
