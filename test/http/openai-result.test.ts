import { describe, expect, it } from "@jest/globals";
import { toOpenAiResult } from "../../src/http/openai-result.js";
import type { Policy, PolicyAction } from "../../src/policy/index.js";
import { POLICY, WordGuard } from "./fakes.js";

/** The policy of the other tests, with another action for S2. */
const policyWhere = (action: PolicyAction): Policy => ({
  ...POLICY,
  categories: POLICY.categories.map((category) =>
    category.code === "S2"
      ? { ...category, rules: { ...category.rules, user: { threshold: 0.5, action } } }
      : category,
  ),
});

const resultFor = async (action: PolicyAction) => {
  const policy = policyWhere(action);
  const judgement = await new WordGuard().moderate({
    conversation: [{ role: "user", content: "steal" }],
    policy,
    scores: "listed",
  });
  return toOpenAiResult({ ...judgement, action }, policy);
};

describe("toOpenAiResult", () => {
  it("scores what the policy allows but flags none of it: clients block on flags", async () => {
    const result = await resultFor("allow");
    expect(result.flagged).toBe(false);
    expect(result.categories).toMatchObject({ S2: false, illicit: false });
    expect(result.category_scores).toMatchObject({ S2: 0.9, illicit: 0.9 });
    expect(result.portcullis.verdict).toBe("unsafe");
  });

  it.each(["flag", "block"] as const)("flags what the policy wants to %s", async (action) => {
    const result = await resultFor(action);
    expect(result.flagged).toBe(true);
    expect(result.categories).toMatchObject({ S2: true, illicit: true });
  });
});
