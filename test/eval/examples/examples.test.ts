import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { GuardError, PACKAGE_ROOT } from "../../../src/base/index.js";
import { readExamples, type PolicyExample } from "../../../src/eval/examples/policy-example.js";
import { testExamples } from "../../../src/eval/examples/test-examples.js";
import type { Guard, Judgement } from "../../../src/guard/index.js";
import { policyNamed } from "../../dataset/rows.js";
import { tempFolder } from "../../fixtures/temp-folder.js";
import { POLICY } from "../judged.js";

const { signal } = new AbortController();
const example = (given: Partial<PolicyExample> = {}): PolicyExample => ({
  ...{ id: "one", messages: [{ role: "user", content: "secret words" }], verdict: "safe" },
  ...given,
});
const guard: Guard = {
  moderate: ({ conversation }) => {
    const { content } = conversation[0];
    if (content === "huge") return Promise.reject(new GuardError("too_large", "too long"));
    const bad = content === "bad";
    return Promise.resolve({
      verdict: bad ? "unsafe" : "safe",
      score: bad ? 0.9 : 0.2,
      categories: bad ? [{ code: "S2", name: "", score: 0.8, violated: true }] : [],
    } as unknown as Judgement);
  },
} as Guard;
const bad = { messages: [{ role: "user", content: "bad" }] } as const;
const resultOf = async (given: Partial<PolicyExample>, modelId = "m") => {
  const [outcome] = await testExamples([example(given)], { guard, policy: POLICY, modelId, signal });
  return [outcome!.result, outcome!.wrong];
};

describe("testExamples", () => {
  it("passes what comes out as wanted, and says what does not", async () => {
    expect(await resultOf({})).toEqual(["passed", ""]);
    expect(await resultOf({ ...bad, verdict: "unsafe", categories: ["S1", "S2"] })).toEqual(["passed", ""]);
    expect(await resultOf({ ...bad, verdict: "unsafe", categories: ["S1"] })).toEqual([
      "failed",
      "unsafe S2",
    ]);
    expect(await resultOf(bad)).toEqual(["failed", "unsafe S2"]);
    expect(await resultOf({ maxScore: 0.1 })).toEqual(["failed", "score above 0.1"]);
    expect(await resultOf({ messages: [{ role: "user", content: "huge" }] })).toEqual([
      "failed",
      "no verdict: too_large",
    ]);
  });

  it("forgives a known failure of this model only, and not its end", async () => {
    const knownFailures = [{ model: "m", reason: "has not learned it" }];
    expect(await resultOf({ ...bad, knownFailures })).toEqual(["known_failure", "unsafe S2"]);
    expect(await resultOf({ ...bad, knownFailures }, "other")).toEqual(["failed", "unsafe S2"]);
    expect(await resultOf({ knownFailures })).toEqual(["passed_in_spite", ""]);
  });
});

describe("readExamples", () => {
  const read = (...lines: unknown[]) => {
    const path = join(tempFolder(), "examples.jsonl");
    writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
    return readExamples(path, POLICY, signal);
  };

  it("names the line and the field at fault, and quotes nothing", async () => {
    await expect(read(example(), example())).rejects.toThrow(/line 2: \/id stands in the file already$/);
    await expect(read(example({ categories: ["S2"] }))).rejects.toThrow(
      "/categories makes no sense for a safe example",
    );
    await expect(read(example({ verdict: "unsafe", categories: ["S99"] }))).rejects.toThrow(
      "which llama-guard-2 does not have",
    );
    await expect(read({ ...example(), minscore: 1 })).rejects.toThrow("must NOT have additional properties");
    await expect(read(example({ minScore: 0.9, maxScore: 0.1 }))).rejects.toThrow(
      "/minScore is above /maxScore",
    );
    await expect(read({ ...example(), verdict: "secret words" })).rejects.not.toThrow(/secret/);
  });

  it("takes the examples that come along", async () => {
    const dir = join(PACKAGE_ROOT, "policies/examples");
    for (const file of readdirSync(dir))
      expect(
        (await readExamples(join(dir, file), policyNamed(basename(file, ".jsonl")), signal)).length,
      ).toBeGreaterThan(5);
  });
});
