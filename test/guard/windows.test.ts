import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { GuardError } from "../../src/base/index.js";
import { planWindows } from "../../src/guard/windows.js";
import type { Conversation, Message } from "../../src/prompt/index.js";

/** A tokenizer for which every character is a token, so that sizes can be read off the texts. */
const letters = {
  count: (texts: readonly string[]) => Promise.resolve(texts.map((text) => text.length)),
  split: ({ text, maxTokens, overlapTokens }: { text: string; maxTokens: number; overlapTokens: number }) => {
    const pieces: string[] = [];
    for (let at = 0; at === 0 || at + overlapTokens < text.length; at += maxTokens - overlapTokens)
      pieces.push(text.slice(at, at + maxTokens));
    return Promise.resolve(pieces);
  },
};
const LABEL = 8;
const sizeOf = (window: Conversation): number =>
  window.reduce((sum, { content }) => sum + content.length + LABEL, 0);

const message = (at: number, length: number): Message => ({
  role: at % 2 === 0 ? "user" : "assistant",
  content: Array.from({ length }, (_, n) => String.fromCharCode(0x4e00 + ((at * 4096 + n) % 20_000))).join(
    "",
  ),
});
const conversationOf = (lengths: readonly number[]): Conversation =>
  lengths.map((length, at) => message(at, length)) as unknown as Conversation;
const last = <T>(items: readonly T[]): T => items[items.length - 1]!;

describe("planWindows", () => {
  it("leaves a conversation that fits as it is, without asking the tokenizer", async () => {
    const conversation = conversationOf([10, 10]);
    const silent = { count: () => Promise.reject(new Error("asked")), split: letters.split };
    expect(await planWindows(conversation, 1000, silent)).toEqual([conversation]);
  });

  it("counts before it splits: bytes are only an upper bound", async () => {
    const conversation = conversationOf([100, 100]);
    expect(await planWindows(conversation, 220, letters)).toEqual([conversation]);
  });

  it("keeps a last message that fits whole in every window, behind all parts of its context", async () => {
    const conversation = conversationOf([300, 300, 100]);
    const windows = await planWindows(conversation, 400, letters);
    expect(windows.length).toBeGreaterThan(1);
    for (const window of windows) expect(last(window)).toEqual(conversation[2]);
  });

  it("also reads a last message alone that fits, but leaves no room for context", async () => {
    const conversation = conversationOf([300, 380]);
    const windows = await planWindows(conversation, 400, letters);
    expect(windows).toContainEqual([conversation[1]]);
  });

  it("refuses what would need more than 64 windows", async () => {
    const refusal = await planWindows(conversationOf([50_000]), 400, letters).catch(
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(GuardError);
    expect((refusal as GuardError).code).toBe("too_large");
  });

  it("never exceeds the room, never drops a character and always ends in the judged role", async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 300, max: 700 }), async (sizes, room) => {
        const conversation = conversationOf(sizes);
        const windows = await planWindows(conversation, room, letters);
        for (const window of windows) {
          expect(sizeOf(window)).toBeLessThanOrEqual(room);
          expect(last(window).role).toBe(last(conversation).role);
        }
        const seen = new Set(windows.flatMap((window) => window.flatMap(({ content }) => [...content])));
        expect(conversation.flatMap(({ content }) => [...content]).filter((char) => !seen.has(char))).toEqual(
          [],
        );
        const judged = new Set(windows.flatMap((window) => [...last(window).content]));
        expect([...last(conversation).content].filter((char) => !judged.has(char))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
