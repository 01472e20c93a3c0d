import { setImmediate as turnOfLoop } from "node:timers/promises";
import { describe, expect, it, test } from "@jest/globals";
import type { GenerationEvent } from "../../../src/generation/index.js";
import { FAULTS, finished, hang, text, USAGE, type Script, type Step } from "../../chat/scripted.js";
import { ask, CHAT, COMPLETIONS, MODEL, openChatDoor } from "./chat-door.js";

/** Stands in everything that the generator says, and in nothing else. */
const SECRET = "zyzzyva";

const GUARD_FAILURES: readonly (readonly [
  string,
  (signal: AbortSignal | undefined) => never | Promise<never>,
])[] = [
  ["hangs until its deadline", hang],
  ["crashes", () => fail(FAULTS.crash)],
  ["throws what is no error of ours", () => fail(new TypeError(SECRET))],
  ["cannot read its scores", () => fail(FAULTS.unreadable)],
  ["has a full queue", () => fail(FAULTS.overloaded)],
];
const STAGES = ["user", "assistant"] as const;

const call = (fields: object) => ({ type: "toolCall", index: 0, ...fields }) as unknown as GenerationEvent;

function stepsOf(choices: number, tools: boolean): readonly Step[] {
  const all = Array.from({ length: choices }, (_, choice) => choice);
  return [
    ...all.map((choice) => text(choice, `${SECRET} one. `)),
    ...all.map((choice) => text(choice, `${SECRET} two.`)),
    ...(tools
      ? all.map((choice) => call({ choice, id: "call_1", name: SECRET, arguments: `{"a":"${SECRET}"}` }))
      : []),
    ...all.map((choice) => finished(choice, tools ? "tool_calls" : "stop")),
    USAGE,
  ];
}

const matrix = GUARD_FAILURES.flatMap(([failure, raise]) =>
  STAGES.flatMap((stage) =>
    [CHAT, COMPLETIONS].flatMap((path) =>
      [false, true].flatMap((stream) =>
        [1, 3].flatMap((n) =>
          (path === CHAT ? [false, true] : [false]).map((tools) => ({
            ...{ failure, raise, stage, path, stream, n, tools },
          })),
        ),
      ),
    ),
  ),
);

describe("a guard that fails", () => {
  it("is tried in every way", () => expect(matrix).toHaveLength(120));

  test.each(matrix)(
    "and $failure over what the $stage said lets nothing out: $path, stream $stream, n $n, tools $tools",
    async ({ raise, stage, path, stream, n, tools }) => {
      const guard: Script = async ({ role, signal }) => {
        if (role !== stage) return "allow" as const;
        for (let turn = 0; turn < 5; turn++) await turnOfLoop(); // meanwhile the generator writes
        return raise(signal);
      };
      const { post, seen } = await openChatDoor({
        guard,
        steps: stepsOf(n, tools),
        operator: { checkDeadlineMs: 60 },
      });
      const input = path === CHAT ? ask() : { model: MODEL, prompt: "Hello" };
      const offered = tools ? { tools: [{ type: "function", function: { name: "a" } }] } : {};
      const { status, headers, body } = await post(path, { ...input, ...offered, stream, n });
      expect(status).toBeGreaterThanOrEqual(500);
      expect(JSON.stringify([body, ...headers])).not.toContain(SECRET);
      expect(seen.said).toBeGreaterThan(0); // there was something to leak
    },
  );
});

describe("a guard that fails in the middle of a stream", () => {
  test.each(GUARD_FAILURES)("and %s lets out what it judged and nothing more", async (_what, raise) => {
    const guard: Script = ({ role, text: said, signal }) =>
      role === "assistant" && said.includes(SECRET) ? raise(signal) : "allow";
    const { stream } = await openChatDoor({
      guard,
      operator: { checkDeadlineMs: 100 },
      steps: [text(0, "Fine. "), () => sleep(80), text(0, `${SECRET}.`), finished(0), USAGE],
    });
    const { body, chunks, content, done } = await stream(ask());
    expect([content, done]).toEqual(["Fine. ", false]);
    expect(chunks.at(-1)).toHaveProperty("error");
    expect(body).not.toContain(SECRET);
  });
});

const fail = (error: Error): never => {
  throw error;
};
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
