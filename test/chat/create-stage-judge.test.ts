import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import type { ChatGateOptions } from "../../src/chat/index.js";
import { createStageJudge, type Ruling } from "../../src/chat/create-stage-judge.js";
import { METRIC } from "../../src/telemetry/index.js";
import { openInMemorySdk } from "../telemetry/in-memory-sdk.js";
import { FAULTS, hang, OPTIONS, POLICY, scriptedGuard, type Script } from "./scripted.js";

let sdk: ReturnType<typeof openInMemorySdk>;
beforeEach(() => {
  sdk = openInMemorySdk();
});
afterEach(() => sdk.close());

async function ruleOn(
  script: Script,
  options: Partial<ChatGateOptions> = {},
  signal = new AbortController().signal,
): Promise<{ ruling: Ruling; outcomes: unknown[] }> {
  const judge = createStageJudge({
    guard: scriptedGuard(script),
    request: { policy: POLICY },
    gate: "input",
    options: { ...OPTIONS, ...options },
    signal,
  });
  const ruling = await judge([{ role: "user", content: "Hello" }], "before");
  const { points } = await sdk.collect();
  const outcomes = (points.get(METRIC.chatChecks) ?? []).map(
    ({ attributes }) => (attributes as Record<string, unknown>)["portcullis.outcome"],
  );
  return { ruling, outcomes };
}

const failing: Script = () => Promise.reject(FAULTS.crash);
const open = { failOpen: { input: true, output: false } };
const inMode = (input: ChatGateOptions["modes"]["input"]) => ({
  modes: { input, output: "enforce" as const },
});

describe("a stage's judge", () => {
  it.each([
    ["what is safe", "allow", {}, "pass", "passed"],
    ["what the policy only flags", "flag", {}, "pass", "flagged"],
    ["what the policy blocks", "block", {}, "block", "blocked"],
    ["what a shadow would block", "block", inMode("shadow"), "overruled", "would_block"],
    ["what a flagging gate would block", "block", inMode("flag"), "overruled", "would_block"],
  ] as const)("rules on %s", async (_, action, options, kind, outcome) => {
    const { ruling, outcomes } = await ruleOn(() => action, options);
    expect([ruling.kind, outcomes]).toEqual([kind, [outcome]]);
  });

  it.each([
    ["closed", {}, { kind: "fail", error: FAULTS.crash }, "failed"],
    ["open", open, { kind: "degraded", verdict: "engine_unavailable" }, "degraded"],
    ["in the shadow", inMode("shadow"), { kind: "pass", verdict: "engine_unavailable" }, "failed"],
  ] as const)("fails %s", async (_, options, ruling, outcome) => {
    expect(await ruleOn(failing, options)).toEqual({ ruling, outcomes: [outcome] });
  });

  it("counts nothing and opens nothing for a request that is over", async () => {
    const late = new GuardError("deadline_exceeded", "late");
    const { ruling, outcomes } = await ruleOn(({ signal }) => hang(signal), open, AbortSignal.abort(late));
    expect([ruling, outcomes]).toEqual([{ kind: "fail", error: late }, []]);
  });

  it("gives a check so long and no longer", async () => {
    const { ruling } = await ruleOn(({ signal }) => hang(signal), { checkDeadlineMs: 5 });
    expect(ruling).toMatchObject({ kind: "fail", error: { code: "deadline_exceeded" } });
  });
});
