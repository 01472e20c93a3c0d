import { describe, expect, it } from "@jest/globals";
import { createChunkRunner, createPatientJudge } from "../../../src/audit/index.js";
import { answersOf, rowsOf, type AskedPiece } from "../../../src/audit/queue/answers.js";
import { cutPieces, readPiece, writePiece } from "../../../src/audit/queue/piece.js";
import type { LoggedConversation } from "../../../src/logs/index.js";
import { MODEL, OPTIONS, policy, scriptedExaminer } from "../scripted-judge.js";
import { conversation, turn } from "../scripted-log.js";

const talk = (key: string, ...texts: readonly string[]): LoggedConversation =>
  conversation(
    key,
    1,
    ...texts.map((text, at) => turn(at % 2 === 0 ? "user" : "assistant", text)),
  ) as LoggedConversation;

describe("pieces of a chunk", () => {
  it("hold a mebi of characters, or one conversation that is larger, and all in order", () => {
    const lengths = [600_000, 400_000, 100_000, 3_000_000, 5];
    const all = lengths.map((length, at) => talk(`c${String(at)}`, "x".repeat(length)));
    const pieces = cutPieces(all);
    expect(pieces.map((piece) => piece.map(({ key }) => key))).toEqual([
      ["c0", "c1"],
      ["c2"],
      ["c3"],
      ["c4"],
    ]);
    expect(cutPieces([])).toEqual([]);
  });

  it("carry the messages and nothing else of a conversation", () => {
    const written = writePiece([talk("secret-key", "a \ud83d\ude00 \u0000", "b")]).toString();
    expect(written).not.toContain("secret-key");
    expect(readPiece(written)![0]!.turns).toEqual([
      turn("user", "a \ud83d\ude00 \u0000"),
      turn("assistant", "b"),
    ]);
  });

  it.each(["", "{", "null", "[[]]", '[[["user","a"]]]', '[[["root","a",0]]]', '[[["user",1,0]]]'])(
    "are not read from %j",
    (json) => expect(readPiece(json)).toBeNull(),
  );
});

describe("answers to a piece", () => {
  const policies = [policy("a", 0.1), policy("b", 0.99)];
  const piece = [talk("one", "theft", " ", "tea"), talk("two", "violence")];
  const asked: AskedPiece = { piece, policies, model: MODEL, context: "full", keepText: true };
  const runner = (keepText: boolean) =>
    createChunkRunner({
      judge: createPatientJudge(scriptedExaminer(), { state: "ready" }),
      ...{ model: MODEL, policies, conversationsInFlight: 4, ...OPTIONS, keepText },
    });
  const signal = new AbortController().signal;
  const answered = async () => {
    const entries = readPiece(writePiece(piece).toString())!;
    return JSON.parse(JSON.stringify(answersOf(await runner(false).run({ index: 0, entries }, signal)))) as {
      answers: Record<string, unknown>[];
    };
  };

  it("come to the rows that judging the chunk here comes to", async () => {
    const here = await runner(true).run({ index: 0, entries: piece }, signal);
    expect(rowsOf(await answered(), asked)).toEqual({ rows: here.rows, used: here.used });
  });

  it("hold no message and no key", async () => {
    expect(JSON.stringify(await answered())).not.toMatch(/theft|tea|violence|one|two/);
  });

  it.each<[string, (answers: Record<string, unknown>[]) => unknown]>([
    ["one too few", (answers) => answers.pop()],
    ["one too many", (answers) => answers.push(answers[0]!)],
    ["a verdict that is none", (answers) => (answers[0]!["verdict"] = "maybe")],
    ["a judged one without a verdict", (answers) => (answers[0]!["verdict"] = null)],
    ["a score above 1", (answers) => (answers[0]!["score"] = 1.5)],
    ["a failure without a known code", (answers) => (answers[2]!["error"] = "said something")],
    ["a field too many", (answers) => (answers[0]!["text"] = "x")],
  ])("are refused with %s", async (_, spoil) => {
    const sent = await answered();
    spoil(sent.answers);
    expect(() => rowsOf(sent, asked)).toThrow("something else than answers");
  });
});
