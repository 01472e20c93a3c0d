import { setImmediate as turnOfLoop } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { createPatientJudge, TurnFailure } from "../../src/audit/judge-patiently.js";
import type { EngineState } from "../../src/engine/index.js";
import type { ModerationRequest } from "../../src/guard/index.js";
import { policy, scriptedExaminer } from "./scripted-judge.js";

const signal = new AbortController().signal;
const ask = (content: string): ModerationRequest => ({
  policy: policy(),
  conversation: [{ role: "user", content }],
});

/** A clock that sleeping moves, and nothing else. */
function scriptedClock() {
  let nowMs = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => nowMs,
    sleep: async (ms: number): Promise<void> => {
      slept.push(ms);
      nowMs += ms;
      await turnOfLoop();
    },
  };
}

describe("createPatientJudge", () => {
  it("waits as long as a full queue says and asks again", async () => {
    const clock = scriptedClock();
    let refusals = 3;
    const examiner = scriptedExaminer(() => {
      if (refusals-- > 0) throw new GuardError("overloaded", "full", { retryAfterMs: 700 });
    });
    const judge = createPatientJudge(examiner, { state: "ready" }, clock);
    expect((await judge.examine(ask("tea"), signal)).judgement.verdict).toBe("safe");
    expect(clock.slept).toEqual([700, 700, 700]);
  });

  it("counts a queue that stays full as a failure in the end, never as safe", async () => {
    const examiner = scriptedExaminer(() => {
      throw new GuardError("overloaded", "full", { retryAfterMs: 60_000 });
    });
    const judge = createPatientJudge(examiner, { state: "ready" }, scriptedClock());
    await expect(judge.examine(ask("tea"), signal)).rejects.toMatchObject({ code: "overloaded" });
    await expect(judge.examine(ask("tea"), signal)).rejects.toBeInstanceOf(TurnFailure);
  });

  it("finds the one message that breaks the engine, and judges those that were with it", async () => {
    const engine: { state: EngineState } = { state: "ready" };
    let inside = 0;
    let alongside = 0;
    let breaks = 0;
    const clock = {
      ...scriptedClock(),
      sleep: async () => {
        await turnOfLoop();
        engine.state = "ready";
      },
    };
    let broken: Promise<unknown> = Promise.resolve();
    const examiner = scriptedExaminer(async ({ conversation: [{ content }] }) => {
      inside += 1;
      try {
        await turnOfLoop();
        if (content === "poison") {
          breaks += 1;
          alongside = Math.max(alongside, breaks > 1 ? inside - 1 : 0);
          engine.state = "restarting";
          broken = Promise.reject(new GuardError("engine_unavailable", "died"));
          broken.catch(() => undefined);
        }
        await turnOfLoop();
        await broken; // everybody who is with the engine goes down with it
      } finally {
        inside -= 1;
        if (inside === 0) broken = Promise.resolve();
      }
    });
    const judge = createPatientJudge(examiner, engine, clock);
    const asked = ["a", "b", "poison", "c", "d"].map((text) => judge.examine(ask(text), signal));
    const ends = await Promise.allSettled(asked);
    expect(ends.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    expect(ends[2]).toMatchObject({ reason: { code: "engine_unavailable" } });
    expect(breaks).toBe(3);
    expect(alongside).toBe(0);
  });

  it.each(["too_large", "unreadable_output"] as const)("does not ask again about %s", async (code) => {
    const examiner = scriptedExaminer(() => {
      throw new GuardError(code, "no");
    });
    const judge = createPatientJudge(examiner, { state: "ready" }, scriptedClock());
    await expect(judge.examine(ask("tea"), signal)).rejects.toMatchObject({ code });
    expect(examiner.asked).toHaveLength(1);
  });

  it("counts what nobody foresaw as a failure of the message, too", async () => {
    const examiner = scriptedExaminer(() => {
      throw new TypeError("undefined is not a function");
    });
    const judge = createPatientJudge(examiner, { state: "ready" }, scriptedClock());
    await expect(judge.examine(ask("tea"), signal)).rejects.toMatchObject({ code: "internal" });
  });

  it("ends the audit, not the message, when the engine stays away or is told to stop", async () => {
    const away = createPatientJudge(scriptedExaminer(), { state: "restarting" }, scriptedClock());
    await expect(away.examine(ask("tea"), signal)).rejects.toMatchObject({
      ...{ name: "GuardError", code: "engine_unavailable" },
      message: expect.stringContaining("the same command goes on"),
    });
    const stopped = AbortSignal.abort(new GuardError("canceled", "stopped by a signal"));
    const judge = createPatientJudge(scriptedExaminer(), { state: "ready" }, scriptedClock());
    await expect(judge.examine(ask("tea"), stopped)).rejects.toMatchObject({ code: "canceled" });
  });
});
