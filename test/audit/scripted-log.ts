import type { LogEntry, LoggedTurn } from "../../src/logs/index.js";
import { seededRandom } from "../../src/base/index.js";

export const turn = (role: LoggedTurn["role"], content: string, unreadParts = 0): LoggedTurn => ({
  role,
  content,
  at: null,
  unreadParts,
});

export const conversation = (key: string, row: number, ...turns: readonly LoggedTurn[]): LogEntry => ({
  ...{ type: "conversation", key, source: "log.jsonl", row, records: 1, format: "openai", day: "2026-11-25" },
  turns: turns as unknown as [LoggedTurn, ...LoggedTurn[]],
});

export const fault = (row: number): LogEntry => ({
  ...{ type: "fault", source: "log.jsonl", row, records: 1 },
  ...{ code: "broken_json", message: "not JSON" },
});

const WORDS = ["hello", "theft", "weather", "violence", "tea", "music", "train", "again"];

/** A log that is the same for the same seed: mostly short conversations, some faults, some empty messages. */
export async function* scriptedLog(conversations: number, seed = 1): AsyncGenerator<LogEntry> {
  const random = seededRandom(seed);
  const pick = (below: number): number => Math.floor(random() * below);
  const words = (): string => Array.from({ length: 1 + pick(3) }, () => WORDS[pick(WORDS.length)]!).join(" ");
  for (let row = 1; row <= conversations; row++) {
    await Promise.resolve();
    if (pick(20) === 0) {
      yield fault(row);
      continue;
    }
    const turns = Array.from({ length: 1 + pick(6) }, (_, at) =>
      turn(at % 2 === 0 ? "user" : "assistant", words()),
    );
    yield conversation(
      `c${String(row)}`,
      row,
      ...turns,
      ...(pick(10) === 0 ? [turn("user", " ", pick(2))] : []),
    );
  }
}
