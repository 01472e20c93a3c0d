import { describe, expect, it } from "@jest/globals";
import { summarizeRun, type RunSummary } from "../../../src/audit/index.js";
import { openDatabase } from "../../../src/duckdb/index.js";
import { tempFolder } from "../../fixtures/temp-folder.js";
import { fakePolicy, fakeRows, writeFakeRun, type FakeRow, type FakeRunOptions } from "./fake-run.js";

const POLICIES = [fakePolicy("llama-guard-2"), fakePolicy("house-rules", 99, 0.3)];

async function summarize(rows: readonly FakeRow[], options: FakeRunOptions = {}): Promise<RunSummary> {
  const dir = tempFolder();
  const run = await writeFakeRun(dir, rows, options);
  await using database = await openDatabase({ memoryMib: 128 });
  return await summarizeRun(dir, run, database); // the database closes behind it
}

const count = (rows: readonly FakeRow[]) => ({
  turns: rows.length,
  judged: rows.filter(({ status }) => status === "judged").length,
  unsafe: rows.filter(({ verdict }) => verdict === "unsafe").length,
  failed: rows.filter(({ status }) => status === "failed").length,
  notJudged: rows.filter(({ status }) => status === "not_judged").length,
});

const grouped = <Key>(rows: readonly FakeRow[], keyOf: (row: FakeRow) => Key): Map<Key, FakeRow[]> => {
  const groups = new Map<Key, FakeRow[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
};

describe("summarizeRun", () => {
  const options = { conversations: 500, sources: 60, failedShare: 0.02, policies: POLICIES, keepText: true };
  const rows = fakeRows(options);
  let summary: RunSummary;

  it("agrees with counting row by row, under each policy", async () => {
    summary = await summarize(rows, options);
    expect(summary.policies.map(({ policy }) => policy.id)).toEqual(POLICIES.map(({ id }) => id));
    for (const { policy, ...found } of summary.policies) {
      const own = rows.filter((row) => row.policy === policy.id);
      const unsafe = own.filter(({ verdict }) => verdict === "unsafe");
      const withAction = (action: string) => own.filter((row) => row.action === action).length;
      expect(found.counts).toEqual(count(own));
      expect(found.actions).toEqual({
        block: withAction("block"),
        flag: withAction("flag"),
        allow: withAction("allow"),
      });
      expect(found.byCategory).toEqual(
        policy.categories.map(({ code, name }) => {
          const broken = unsafe.filter(({ violated }) => violated.includes(code));
          const unsafeUser = broken.filter(({ role }) => role === "user").length;
          return {
            code,
            name,
            unsafe: broken.length,
            unsafeUser,
            unsafeAssistant: broken.length - unsafeUser,
          };
        }),
      );
      expect(found.byRole).toEqual(
        ["user", "assistant"].map((role) => ({ role, ...count(own.filter((row) => row.role === role)) })),
      );
      const bins = new Array<number>(50).fill(0);
      for (const { score } of own) if (score !== null) bins[Math.min(Math.floor(score * 50), 49)]! += 1;
      expect(found.scoreBins).toEqual(bins);
      const flagged = grouped(
        own.filter(({ flags }) => flags.length > 0),
        ({ flags }) => flags[0]!,
      );
      expect(new Map(found.flags.map(({ flag, turns }) => [flag, turns]))).toEqual(
        new Map([...flagged].map(([flag, turns]) => [flag, turns.length])),
      );
    }
  });

  it("counts by day, and gives the rest of many sources as one", () => {
    for (const { policy, overTime, bySource } of summary.policies) {
      const own = rows.filter((row) => row.policy === policy.id);
      const judged = own.filter(({ status }) => status === "judged");
      expect(overTime).toEqual({
        unit: "day",
        undated: 0,
        spans: [...grouped(judged, ({ day }) => day)]
          .map(([start, turns]) => ({ start, judged: turns.length, unsafe: count(turns).unsafe }))
          .sort((one, other) => (String(one.start) < String(other.start) ? -1 : 1)),
      });
      const sources = [...grouped(own, ({ source }) => source)]
        .map(([source, turns]) => ({ source, ...count(turns) }))
        .sort(
          (one, other) =>
            other.unsafe - one.unsafe || other.judged - one.judged || (one.source < other.source ? -1 : 1),
        );
      expect(bySource.sources).toBe(sources.length);
      expect(bySource.top).toEqual(sources.slice(0, 20));
      const kept = new Set(bySource.top.map(({ source }) => source));
      expect(bySource.rest).toEqual(count(own.filter(({ source }) => !kept.has(source))));
    }
  });

  it("finds the conversations with the highest scores, and of texts the beginning", () => {
    for (const { policy, worst } of summary.policies) {
      const unsafe = rows.filter((row) => row.policy === policy.id && row.verdict === "unsafe");
      const expected = [...grouped(unsafe, ({ conversation }) => conversation)]
        .map(([conversation, turns]) => ({
          conversation,
          highestScore: Math.max(...turns.map(({ score }) => score ?? 0)),
          unsafeTurns: turns.length,
        }))
        .sort((one, other) => other.highestScore - one.highestScore)
        .slice(0, 20);
      expect(
        worst.map(({ conversation, highestScore, unsafeTurns }) => ({
          conversation,
          highestScore,
          unsafeTurns,
        })),
      ).toEqual(expected);
      for (const { conversation, judgedTurns, violated, texts, row } of worst) {
        const turns = rows.filter((one) => one.policy === policy.id && one.conversation === conversation);
        expect(judgedTurns).toBe(count(turns).judged);
        expect(row).toBe(turns[0]?.row);
        expect(new Set(violated)).toEqual(new Set(turns.flatMap((one) => one.violated)));
        for (const text of texts) {
          const whole = turns.find(({ turn }) => turn === text.turn)?.text ?? "";
          expect(text.textChars).toBe(whole.length);
          expect(text.text).toBe(whole.slice(0, 2000));
        }
      }
    }
  });

  it("says which turns have no verdict, and where the first of them stand", () => {
    for (const { policy, withoutVerdict } of summary.policies) {
      const own = rows.filter((row) => row.policy === policy.id && row.status !== "judged");
      const groups = grouped(own, ({ status, error }) => `${status} ${error ?? ""}`);
      expect(
        new Map(withoutVerdict.map(({ status, error, turns }) => [`${status} ${error}`, turns])),
      ).toEqual(new Map([...groups].map(([key, turns]) => [key, turns.length])));
      for (const { status, error, first } of withoutVerdict) {
        expect(first.length).toBeGreaterThan(0);
        for (const place of first)
          expect(groups.get(`${status} ${error}`)).toContainEqual(expect.objectContaining(place));
      }
    }
  });

  it("takes weeks, months and years where days would be too many", async () => {
    const units = [];
    for (const days of [100, 1000, 5000, 20_000]) {
      const spread = fakeRows({ conversations: 300, days });
      const [policy] = (await summarize(spread)).policies;
      units.push(policy?.overTime.unit);
      expect(policy?.overTime.spans.reduce((sum, { judged }) => sum + judged, 0)).toBe(count(spread).judged);
    }
    expect(units).toEqual(["day", "week", "month", "year"]);
  });

  it("keeps apart conversations of one key in different sources, and days that no calendar of ours has", async () => {
    const [first] = fakeRows({ conversations: 1, failedShare: 0, unsafeShare: 1, seed: 3 }) as [FakeRow];
    const twice = [first, { ...first, source: "elsewhere", row: 5, day: "9999-01-01" }];
    const [policy] = (await summarize(twice)).policies;
    expect(policy?.worst.map(({ source, row }) => `${source}:${String(row)}`).sort()).toEqual(
      [`${first.source}:1`, "elsewhere:5"].sort(),
    );
    expect(policy?.overTime).toMatchObject({ undated: 1, spans: [{ judged: 1 }] });
  });

  it("says nothing of a run without rows but that there are none", async () => {
    const [policy] = (await summarize([])).policies;
    expect(policy).toMatchObject({
      counts: { turns: 0, judged: 0, unsafe: 0, failed: 0, notJudged: 0 },
      bySource: { sources: 0, top: [], rest: null },
      overTime: { spans: [], undated: 0 },
      worst: [],
    });
  });

  it("adds up faults by code", async () => {
    const faults = [1, 2, 3, 4, 5].map((row) => ({ source: "a", row, code: "broken_json", message: "m" }));
    const whole = { source: "b", row: null, code: "unreadable_file", message: "n" };
    const { faults: found } = await summarize([], { faults: [whole, ...faults] });
    expect(found).toEqual([
      { code: "broken_json", count: 5, first: [1, 2, 3].map((row) => ({ source: "a", row, message: "m" })) },
      { code: "unreadable_file", count: 1, first: [{ source: "b", row: null, message: "n" }] },
    ]);
  });
});
