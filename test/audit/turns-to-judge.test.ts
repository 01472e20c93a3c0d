import { describe, expect, it } from "@jest/globals";
import { parseContext, type AuditContext } from "../../src/audit/context.js";
import { turnsToJudge } from "../../src/audit/turns-to-judge.js";
import type { LoggedConversation, LoggedTurn } from "../../src/logs/index.js";
import { conversation, turn } from "./scripted-log.js";

const shown = (turns: readonly LoggedTurn[], context: AuditContext = "full") =>
  [...turnsToJudge(conversation("a", 1, ...turns) as LoggedConversation, context)].map(
    ({ turn: at, role, conversation: seen }) => [
      at,
      role,
      seen?.map((message) => `${message.role}: ${message.content}`) ?? null,
    ],
  );

describe("turnsToJudge", () => {
  const talk = [turn("system", "Be kind."), turn("user", "A"), turn("assistant", "B"), turn("user", "C")];

  it("shows each message with all that was said before it, and leaves systems out", () => {
    expect(shown(talk)).toEqual([
      [1, "user", ["user: A"]],
      [2, "assistant", ["user: A", "assistant: B"]],
      [3, "user", ["user: A", "assistant: B", "user: C"]],
    ]);
  });

  it.each<[AuditContext, number[]]>([
    ["exchange", [1, 2, 2]],
    ["last", [1, 1, 1]],
    [0, [1, 1, 1]],
    [1, [1, 2, 2]],
    [2, [1, 2, 3]],
  ])("with the context %s shows so much and no more", (context, messages) => {
    expect(shown(talk, context).map(([, , seen]) => (seen as string[]).length)).toEqual(messages);
  });

  it("joins what one side says, tools on the user's, as a chat gate would at that moment", () => {
    const calls = [turn("user", "A"), turn("assistant", " "), turn("tool", "B"), turn("assistant", "C")];
    expect(shown(calls)).toEqual([
      [0, "user", ["user: A"]],
      [1, "assistant", null],
      [2, "user", ["user: A\n\nB"]],
      [3, "assistant", ["user: A\n\nB", "assistant: C"]],
    ]);
  });

  it("gives equal questions equal hashes, and others other ones, wherever the text is cut", () => {
    const hashOf = (...turns: readonly LoggedTurn[]): string =>
      [...turnsToJudge(conversation("a", 1, ...turns) as LoggedConversation, "full")].at(-1)!.contextSha256;
    expect(hashOf(turn("user", "A"))).toBe(hashOf(turn("system", "x"), turn("user", "A")));
    expect(hashOf(turn("user", "A"))).not.toBe(hashOf(turn("assistant", "A")));
    expect(hashOf(turn("user", "A"), turn("assistant", "BC"))).not.toBe(
      hashOf(turn("user", "AB"), turn("assistant", "C")),
    );
  });
});

describe("parseContext", () => {
  it("reads words and numbers, and refuses the rest", () => {
    expect(["full", "exchange", "last", "0", "12"].map(parseContext)).toEqual([
      "full",
      "exchange",
      "last",
      0,
      12,
    ]);
    for (const text of ["", "all", "-1", "1.5", "10001"])
      expect(() => parseContext(text)).toThrow("--context");
  });
});
