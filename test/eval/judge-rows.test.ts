import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { judgeRows } from "../../src/eval/judge-rows.js";
import { isRowOutcome, type RowOutcome } from "../../src/eval/row-outcome.js";
import type { ReadConversation } from "../../src/guard/index.js";
import { readPromptTemplates } from "../../src/prompt/index.js";
import { row } from "../dataset/rows.js";
import { POLICY } from "./judged.js";

/** Finds "bad" in what is judged, refuses "huge", and is busy once for each row. */
function scriptedReader(busy = false): ReadConversation {
  const seen = new Set<unknown>();
  return (question, conversation) => {
    const { content } = conversation.at(-1)!;
    if (busy && !seen.has(conversation)) {
      seen.add(conversation);
      return Promise.reject(new GuardError("overloaded", "busy", { retryAfterMs: 1 }));
    }
    if (content.includes("huge")) return Promise.reject(new GuardError("too_large", "too long"));
    if (content.includes("dead")) return Promise.reject(new GuardError("engine_unavailable", "gone"));
    const scoreUnsafe = content.includes("bad") ? 0.9 : 0.1;
    const codes = question.categories.map(({ code }) => ({ code, probability: 0.25, listed: code === "S9" }));
    return Promise.resolve({ readings: [{ scoreUnsafe, codes, alone: null }], flags: [], results: [] });
  };
}

const said = (id: string, content: string, target: "user" | "assistant" = "user") =>
  row({
    id,
    target,
    messages: [
      { role: "user", content: "q" },
      { role: target, content },
    ],
  });

async function judge(rows: ReturnType<typeof said>[], read = scriptedReader(), keepText = false) {
  const handed: RowOutcome[] = [];
  const outcomes = await judgeRows(rows, {
    ...{ read, templates: await readPromptTemplates(), policy: POLICY, keepText },
    signal: new AbortController().signal,
    onRow: (outcome) => handed.push(outcome),
  });
  expect(handed).toEqual(outcomes);
  return outcomes;
}

describe("judgeRows", () => {
  it("gives each row its verdict under the policy, and lines that can be read back", async () => {
    const outcomes = await judge([said("a", "bad"), said("b", "fine")]);
    expect(outcomes).toMatchObject([
      { id: "a", status: "judged", verdict: "unsafe", score: 0.9, codes: ["S9"] },
      { id: "b", status: "judged", verdict: "safe", score: 0.1, codes: [] },
    ]);
    for (const outcome of outcomes) expect(isRowOutcome(JSON.parse(JSON.stringify(outcome)))).toBe(true);
  });

  it("writes down a row without a verdict as an error, never as safe, and goes on", async () => {
    const outcomes = await judge([said("a", "huge"), said("b", "fine")]);
    expect(outcomes[0]).toMatchObject({ id: "a", status: "error", error: "too_large" });
    expect(outcomes[0]).not.toHaveProperty("verdict");
    expect(outcomes[1]).toMatchObject({ status: "judged" });
    expect(isRowOutcome(outcomes[0])).toBe(true);
  });

  it("stops when there is no engine, as no row can help that", async () => {
    await expect(judge([said("a", "dead")])).rejects.toMatchObject({ code: "engine_unavailable" });
  });

  it("waits and asks again when the engine is busy", async () => {
    const outcomes = await judge([said("a", "bad"), said("b", "fine")], scriptedReader(true));
    expect(outcomes.map(({ status }) => status)).toEqual(["judged", "judged"]);
  });

  it("keeps texts out unless asked, and judges users' messages first", async () => {
    const rows = [said("a", "fine", "assistant"), said("b", "fine")];
    expect((await judge(rows)).map(({ id }) => id)).toEqual(["b", "a"]);
    expect(JSON.stringify(await judge(rows))).not.toContain("fine");
    expect((await judge(rows, scriptedReader(), true))[0]!.messages).toEqual(rows[1]!.messages);
  });

  it("numbers rows by what the user said last, whatever its case and spaces", async () => {
    const [one, other, third] = [said("a", "How  so?"), said("b", "how so?\n"), said("c", "Why?")];
    expect((await judge([one!, other!, third!])).map(({ group }) => group)).toEqual([0, 0, 1]);
  });
});
