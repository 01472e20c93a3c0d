// What can be counted, beside what the commit before had counted. Takes seconds, and says the same on a busy machine.
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PACKAGE_ROOT } from "../../base/index.js";
import * as convert from "../../convert/index.js";
import { decoderWeights } from "../../convert/decoder-weights.js";
import { buildDecoderGraph } from "../../convert/graph/decoder-graph.js";
import { GraphBuilder } from "../../convert/graph/graph-builder.js";
import { ARITHMETIC } from "../../convert/graph/linear.js";
import { openEngine } from "../../engine/index.js";
import { openPolicyRegistry } from "../../policy/index.js";
import { readPromptTemplates, renderGuardPrompt } from "../../prompt/index.js";
import { countGraphs, type GraphCounts } from "./count-graph.js";
import { countWork, type Counts as WorkCounts } from "./count-work.js";

type Counts = WorkCounts | GraphCounts;

const EXPECTED = "bench/expected-counts.json";

/** `--write` makes what is counted now what is expected. */
export async function quick(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { write: { type: "boolean", default: false } } });
  const modelDir = join(PACKAGE_ROOT, "onnx/starter-guard");
  const registry = await openPolicyRegistry({ dir: join(PACKAGE_ROOT, "policies") });
  const { template, categories } = registry.get("llama-guard-2");
  await registry.close();
  const templates = await readPromptTemplates();
  const counts: Record<string, Counts> = {
    ...(await countWork({
      openEngine: (options) => openEngine({ ...options, modelDir }),
      promptOf: (conversation) => renderGuardPrompt(templates[template], categories, conversation),
    })),
    ...(await countGraphs(
      { ...convert, decoderWeights, buildDecoderGraph, GraphBuilder, ARITHMETIC },
      join(PACKAGE_ROOT, "training/starter/checkpoint"),
    )),
  };
  const path = join(PACKAGE_ROOT, EXPECTED);
  if (values.write) await writeFile(path, `${JSON.stringify(counts, null, 2)}\n`);
  const expected = JSON.parse(await readFile(path, "utf8")) as Record<string, Counts>;
  const before = atParent() ?? expected;
  for (const [name, now] of Object.entries(counts)) {
    console.log(JSON.stringify({ case: name, ...now, asExpected: same(now, expected[name]) }));
    console.error(`${name}\n${describe(now, before[name])}`);
  }
  if (Object.entries(counts).some(([name, now]) => !same(now, expected[name]))) {
    console.error(`These are not the counts of ${EXPECTED}; where that is meant, add --write.`);
    process.exitCode = 1;
  }
}

const same = (a: Counts, b: Counts | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

function describe(now: Counts, before: Counts | undefined): string {
  return Object.entries(now)
    .map(([figure, value]: [string, number | null]) => {
      const old = (before as Record<string, number | null> | undefined)?.[figure] ?? null;
      const ratio =
        value === null || old === null || old === 0 ? "" : `${(value / old).toFixed(3)} of the commit before`;
      return `  ${figure.padEnd(16)} ${String(value ?? "").padStart(10)}  ${ratio}`;
    })
    .join("\n");
}

/** Null where there is no commit before, or it had no counts. */
function atParent(): Record<string, Counts> | null {
  try {
    const show = ["show", `HEAD^:${EXPECTED}`];
    const text = execFileSync("git", show, {
      cwd: PACKAGE_ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return JSON.parse(text) as Record<string, Counts>;
  } catch {
    return null;
  }
}
