import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { parsePolicy, PROMPT_TEMPLATE_NAMES } from "../../src/policy/index.js";
import { GOLDEN } from "../fixtures/golden-prompts.js";

const DIR = join(PACKAGE_ROOT, "policies");
const shipped = (id: string): ReturnType<typeof parsePolicy> =>
  parsePolicy(readFileSync(join(DIR, `${id}.json`), "utf8"));
const schema = JSON.parse(readFileSync(join(DIR, "policy.schema.json"), "utf8")) as {
  properties: { template: { enum: string[] } };
};

describe("the policies that come along", () => {
  test.each(Object.entries(GOLDEN.policies))("%s has Meta's texts, letter for letter", (id, categories) => {
    expect(
      shipped(id).categories.map(({ code, promptName, text }) => ({
        code,
        name: promptName,
        description: text,
      })),
    ).toEqual(categories);
  });

  it("have one with the names of Llama Guard 2 only", () => {
    expect(
      shipped("llama-guard-2-names").categories.map(({ code, promptName, text }) => [code, promptName, text]),
    ).toEqual(GOLDEN.policies["llama-guard-2"]!.map(({ code, name }) => [code, name, null]));
  });

  test.each(["llama-guard-1", "llama-guard-2", "llama-guard-2-names", "llama-guard-3"])(
    "%s decides at 0.5 as the model card does, blocks, and keeps the licence notice",
    (id) => {
      const policy = shipped(id);
      for (const { rules } of policy.categories)
        for (const rule of Object.values(rules)) expect(rule).toEqual({ threshold: 0.5, action: "block" });
      expect(policy.notice).toMatch(
        /Community License, Copyright © Meta Platforms, Inc\. All Rights Reserved\./,
      );
    },
  );

  it("say what their texts are built with, in the words of each licence", () => {
    for (const id of ["llama-guard-2", "llama-guard-2-names"])
      expect(shipped(id).notice).toContain("Built with Meta Llama 3.");
    expect(shipped("llama-guard-3").notice).toMatch(/Llama 3\.1 Community License.*Built with Llama\./);
  });

  it("map codes to OpenAI's names, the same in both policies of Llama Guard 2", () => {
    const names = (id: string): unknown =>
      shipped(id).categories.map(({ code, openaiNames }) => [code, openaiNames]);
    expect(names("llama-guard-2")).toEqual(names("llama-guard-2-names"));
    expect(Object.fromEntries(names("llama-guard-2") as [string, string[]][])).toMatchObject({
      S1: ["violence", "illicit/violent"],
      S4: ["sexual/minors", "sexual"],
      S7: [],
      S11: ["sexual"],
    });
  });

  it("have an example of a taxonomy of one's own in which the two sides differ", () => {
    const { categories } = shipped("example-bank-assistant");
    expect(categories.find(({ code }) => code === "S2")!.rules).toEqual({
      user: { threshold: 0.8, action: "flag" },
      assistant: { threshold: 0.3, action: "block" },
    });
  });

  it("keep the hashes they were published with", () => {
    const hashes = ["llama-guard-1", "llama-guard-2", "llama-guard-2-names", "llama-guard-3"].map((id) =>
      shipped(id).sha256.slice(0, 16),
    );
    expect(hashes).toEqual(["865f56dada436262", "a91e133164001636", "9347159934282e7b", "09067b95e00f6c92"]);
  });

  it("are each called after their id, and have different hashes", () => {
    const files = readdirSync(DIR).filter((file) => file.endsWith(".json") && !file.endsWith(".schema.json"));
    const policies = files.map((file) => shipped(file.replace(/\.json$/, "")));
    expect(policies.map(({ id }) => `${id}.json`)).toEqual(files);
    expect(new Set(policies.map(({ sha256 }) => sha256)).size).toBe(files.length);
  });

  it("may name the templates there are", () => {
    expect(schema.properties.template.enum.toSorted()).toEqual([...PROMPT_TEMPLATE_NAMES].sort());
  });
});
