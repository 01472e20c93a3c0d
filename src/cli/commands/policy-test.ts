import { stat } from "node:fs/promises";
import { join } from "node:path";
import { GuardError } from "../../base/index.js";
import { readCommandSettings } from "../../config/index.js";
import type { ExampleOutcome } from "../../eval/index.js";
import { openPolicyRegistry, type Policy } from "../../policy/index.js";
import type { Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { formatTable } from "../format-table.js";
import { watchStopSignals } from "../stop-signals.js";

export const policyTest: Command = {
  name: "policy test",
  usage: "[POLICY...]",
  summary: "judge the examples of policies, and say which come out otherwise than their authors want",
  details:
    "The examples of a policy lie beside it in examples/<id>.jsonl; an overlay without any is tested by those of what\n" +
    "it extends. Without POLICY every policy that has examples is tested. Exit code 1 when an example fails that is not\n" +
    "marked as a known failure of the model, and when one passes that is.",
  options: {
    "show-text": { type: "boolean", help: "print the messages of examples that failed" },
  },
  settingGroups: ["policies", "models", "engine"],
  async run({ positionals, options, settings }) {
    const { policiesDir } = readCommandSettings(settings);
    const tests = await testsOf(policiesDir, positionals);
    using stop = watchStopSignals();
    // Heavy, and other commands do without.
    const { readExamples, testExamples } = await import("../../eval/index.js");
    const { createGuard } = await import("../../guard/index.js");
    const { openGuardModel } = await import("../open-guard-model.js");
    const read: { policy: Policy; examples: Awaited<ReturnType<typeof readExamples>> }[] = [];
    for (const { policy, path } of tests)
      read.push({ policy, examples: await readExamples(path, policy, stop.asked) });
    await using model = await openGuardModel(settings, stop.asked);
    const { engine, templates } = model;
    const guard = createGuard({ engine, templates });
    let failed = false;
    for (const { policy, examples } of read) {
      const { modelId } = engine.info;
      const outcomes = await testExamples(examples, { guard, policy, modelId, signal: stop.asked });
      process.stdout.write(report(policy, modelId, outcomes, options["show-text"] === true));
      failed ||= outcomes.some(needsAct);
    }
    return failed ? EXIT_CODE.no : EXIT_CODE.ok;
  },
};

const needsAct = ({ result }: ExampleOutcome): boolean => result === "failed" || result === "passed_in_spite";

async function testsOf(dir: string, ids: readonly string[]): Promise<{ policy: Policy; path: string }[]> {
  const registry = await openPolicyRegistry({ dir });
  try {
    const policies = ids.length > 0 ? ids.map((id) => registry.get(id)) : registry.list();
    const found = await Promise.all(
      policies.map(async (policy) => ({ policy, path: await examplesOf(dir, policy) })),
    );
    const without = found.find(({ path }) => path === null);
    if (ids.length > 0 && without !== undefined)
      throw new GuardError(
        "invalid_config",
        `${without.policy.id} has no examples; write some into examples/${without.policy.id}.jsonl`,
      );
    const tests = found.flatMap(({ policy, path }) => (path === null ? [] : [{ policy, path }]));
    if (tests.length === 0) throw new GuardError("invalid_config", `no policy of ${dir} has examples`);
    return tests;
  } finally {
    await registry.close();
  }
}

async function examplesOf(dir: string, { id, extends: base }: Policy): Promise<string | null> {
  for (const name of base === undefined ? [id] : [id, base]) {
    const path = join(dir, "examples", `${name}.jsonl`);
    if ((await stat(path).catch(() => null))?.isFile() === true) return path;
  }
  return null;
}

function report(
  policy: Policy,
  model: string,
  outcomes: readonly ExampleOutcome[],
  showText: boolean,
): string {
  const count = (result: ExampleOutcome["result"]): number =>
    outcomes.filter((one) => one.result === result).length;
  const news = outcomes.filter(needsAct);
  const lines = news.map(({ example, result, wrong, score }) => [
    `  ${example.id}`,
    result === "failed" ? "FAILED" : "passes in spite of its mark",
    `wanted ${[example.verdict, ...(example.categories ? [example.categories.join("|")] : [])].join(" ")}`,
    result === "failed" ? `got ${wrong}` : "take the mark away",
    score === null ? "" : score.toFixed(3),
    ...(showText ? [example.messages.map(({ role, content }) => `${role}: ${content}`).join(" / ")] : []),
  ]);
  return [
    `${policy.id} ${policy.version}, ${model}: ${String(count("passed"))} of ${String(outcomes.length)} examples pass, `,
    `${String(count("known_failure"))} fail as they are known to, ${String(news.length)} need a look\n`,
    formatTable(lines),
  ].join("");
}
