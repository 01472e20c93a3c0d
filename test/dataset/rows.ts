import { parsePolicy, type Policy } from "../../src/policy/index.js";
import { readFileSync } from "node:fs";
import type { LabelledRow } from "../../src/dataset/labelled-row.js";

export const policyNamed = (id: string): Policy =>
  parsePolicy(readFileSync(new URL(`../../policies/${id}.json`, import.meta.url), "utf8"));

/** A row as parsed. */
export const row = (given: Partial<LabelledRow> = {}): LabelledRow => ({
  ...{ id: "r1", source: "made-up", split: "train", target: "user", label: "safe", categories: [] },
  messages: [{ role: "user", content: "How do I kill a Linux process?" }],
  ...given,
});

/** A row as its file has it. */
export const rowFile = (given: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ ...row(), categories_known: true },
  ...given,
});
