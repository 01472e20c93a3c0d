import { resolve } from "node:path";
import { GuardError } from "../../base/index.js";
import type { RunDiff } from "../../audit/index.js";
import type { Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { formatTable } from "../format-table.js";
import { wholeNumberOption } from "../whole-number-option.js";

export const auditDiff: Command = {
  name: "audit diff",
  usage: "RUN_A RUN_B",
  summary: "say what changed from one audit to another over the same conversations",
  details:
    "Matches messages by the key of their conversation, their place in it and the policy's id, so that models,\n" +
    "versions of a policy, thresholds and contexts can be compared.",
  options: {
    examples: { type: "string", value: "N", help: "changed messages to show; 10 unless given" },
    json: { type: "boolean", help: "print everything as JSON" },
  },
  settingGroups: [],
  async run(input) {
    const [a, b, ...more] = input.positionals;
    if (a === undefined || b === undefined || more.length > 0)
      throw new GuardError("invalid_config", "name the folders of two runs");
    const examples = wholeNumberOption(input, "examples", { minimum: 0, maximum: 100_000, otherwise: 10 });
    const { diffRuns } = await import("../../audit/index.js");
    const diff = await diffRuns(resolve(a), resolve(b), { examples });
    process.stdout.write(
      input.options["json"] === true ? `${JSON.stringify(diff, null, 2)}\n` : readable(diff),
    );
    return EXIT_CODE.ok;
  },
};

function readable({
  a,
  b,
  both,
  onlyA,
  onlyB,
  otherText,
  changes,
  categories,
  scores,
  examples,
}: RunDiff): string {
  if (a.signature === b.signature) return `The runs say the same: both have the signature ${a.signature}\n`;
  const sections = [
    `A ${a.dir}: ${a.model}, ${a.policies.join(", ")}\nB ${b.dir}: ${b.model}, ${b.policies.join(", ")}\n`,
    `${count(both)} messages in both, ${count(onlyA)} only in A, ${count(onlyB)} only in B` +
      `${otherText > 0 ? `; ${count(otherText)} of those in both have another text` : ""}\n`,
    section(
      "Verdicts that changed",
      ["policy", "role", "A", "B", "messages"],
      [...changes.map(({ policy, role, from, to, turns }) => [policy, role, from, to, count(turns)])],
    ),
    section(
      "Violations that only one has",
      ["policy", "category", "role", "only A", "only B"],
      [...categories.map((one) => [one.policy, one.category, one.role, count(one.onlyA), count(one.onlyB)])],
    ),
    section(
      "P(unsafe), B less A",
      ["policy", "role", "messages", "mean", "mean size", "largest"],
      [
        ...scores.map((one) => [
          ...[one.policy, one.role, count(one.turns)],
          ...[one.mean, one.meanAbsolute, one.maxAbsolute].map((number) => number.toFixed(4)),
        ]),
      ],
    ),
    section(
      "Examples",
      ["conversation", "turn", "policy", "A", "B", "P(A)", "P(B)", "text"],
      [
        ...examples.map((one) => [
          ...[one.conversation, String(one.turn), one.policy],
          ...[verdict(one.from, one.violatedA), verdict(one.to, one.violatedB)],
          ...[probability(one.scoreA), probability(one.scoreB), (one.text ?? "").slice(0, 60)],
        ]),
      ],
    ),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

const section = (title: string, head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? "" : `${title}\n${formatTable([head, ...rows])}`;
const count = (number: number): string => number.toLocaleString("en-US");
const verdict = (outcome: string, violated: readonly string[]): string => [outcome, ...violated].join(" ");
const probability = (score: number | null): string => (score === null ? "-" : score.toFixed(3));
