import type { JudgedRow } from "../../src/eval/row-outcome.js";
import { policyNamed } from "../dataset/rows.js";

export const POLICY = policyNamed("llama-guard-2");

const probabilities = Object.fromEntries(POLICY.categories.map(({ code }) => [code, 0.05]));

/** A row that one reading with this P(unsafe) came of, which names S2. */
export const judged = (
  score: number,
  label: "safe" | "unsafe",
  given: Partial<JudgedRow> = {},
): JudgedRow => ({
  ...{ id: `r${String(score)}`, source: "made-up", target: "user", group: 0, label },
  categories: label === "safe" ? [] : ["S2"],
  ...{ status: "judged", score, flags: [] },
  verdict: score >= 0.5 ? "unsafe" : "safe",
  codes: score >= 0.5 ? ["S2"] : [],
  readings: [{ score, named: ["S2"], probabilities: { ...probabilities, S2: 0.9 } }],
  ...given,
});
