import { describe, expect, it } from "@jest/globals";
import { logMisfits } from "../../src/cli/log-misfits.js";
import { DEFAULT_CHAT_RULES, type Policy } from "../../src/policy/index.js";

const policy = (id: string, more: Partial<Policy> = {}): Policy => ({
  ...{ id, version: "1", sha256: "0".repeat(64), title: id, template: "llama-guard-2" },
  ...{ notice: null, categories: [], ...DEFAULT_CHAT_RULES },
  ...more,
});
const model = { template: "llama-guard-2", modelSha256: "a".repeat(64) };
const calibratedOn = (sha256: string) => ({ calibration: { temperature: 1.1, bias: 0, model: sha256 } });

function logged(policies: readonly Policy[]): unknown[] {
  const lines: unknown[] = [];
  logMisfits((_level, event, fields) => void lines.push([event, fields]), model, policies, "usual");
  return lines;
}

describe("logMisfits", () => {
  it("has nothing to say of policies that fit, nor of other prompts that nobody asks with by default", () => {
    const fitting = [policy("usual", calibratedOn(model.modelSha256)), policy("other")];
    expect(logged([...fitting, policy("old", { template: "llama-guard-1" })])).toEqual([]);
  });

  it("tells of a default policy with another prompt, and of any that was calibrated on another model", () => {
    const wrong = [
      policy("usual", { template: "llama-guard-3" }),
      policy("tuned", calibratedOn("b".repeat(64))),
    ];
    expect(logged(wrong)).toEqual([
      ["the model was trained with another prompt", { policy: "llama-guard-3", model: "llama-guard-2" }],
      ["the policy was calibrated on another model", { policy: "tuned" }],
    ]);
  });
});
