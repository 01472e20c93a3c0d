// A log, a judge and what a run of them is called: the same in every process that is given the same COUNT.
import { createHash } from "node:crypto";
import { setTimeout as sleepMs } from "node:timers/promises";

/** Stands in every message, so that a test can look for texts where none should be. */
const MARK = "said-by-people";

export async function* log(count) {
  for (let row = 1; row <= count; row++) {
    await Promise.resolve();
    const source = "log.jsonl";
    if (row % 20 === 0) {
      yield { type: "fault", source, row, records: 1, code: "broken_json", message: "not JSON" };
      continue;
    }
    const turns = Array.from({ length: 1 + (row % 5) }, (_, at) => ({
      ...{ role: at % 2 === 0 ? "user" : "assistant", at: null, unreadParts: 0 },
      content: `${MARK} ${createHash("sha256").update(`${row} ${at}`).digest("hex")}`,
    }));
    yield {
      type: "conversation",
      key: `c${row}`,
      source,
      row,
      records: 1,
      format: "openai",
      turns,
      day: null,
    };
  }
}

const rules = { user: { threshold: 0.5, action: "block" }, assistant: { threshold: 0.5, action: "flag" } };
export const policy = {
  ...{
    id: "test",
    version: "1",
    sha256: "0".repeat(64),
    title: "Test",
    template: "llama-guard-2",
    notice: null,
  },
  categories: [{ code: "S1", name: "One", promptName: "One", text: null, rules, openaiNames: [] }],
};
export const model = { id: "scripted", sha256: "1".repeat(64), notice: "" };
export const options = { context: "full", scores: "none", keepText: true, chunkTurns: 12, logs: {} };

export const identity = {
  inputs: [],
  options,
  policies: [
    {
      ...policy,
      ...{ questionSha256: "2".repeat(64), decodedFrom: { user: 0.5, assistant: 0.5 } },
    },
  ],
  model,
};

/** A judge whose answer depends on the conversation alone, and which takes its time. */
export const examiner = (ms) => ({
  async examine({ conversation }, { signal }) {
    await sleepMs(ms, undefined, { signal });
    const { role, content } = conversation.at(-1);
    const score = createHash("sha256").update(JSON.stringify(conversation)).digest().readUInt32LE() / 2 ** 32;
    const violated = score >= 0.5;
    return {
      judgement: {
        ...{ verdict: violated ? "unsafe" : "safe", score, role, flags: [], policy, model },
        action: violated ? rules[role].action : "allow",
        categories: violated ? [{ code: "S1", name: "One", score, violated }] : [],
        usage: { promptTokens: content.length, cachedTokens: 0, computedTokens: content.length },
      },
      namedAt: violated ? { S1: score } : {},
    };
  },
});
