// Everything that was tried to make Portcullis faster or smaller, old and new measured again in turn. One JSON line per
// idea, case and variant on stdout, tables on stderr; `--write` puts the table into docs/performance.md.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "../machine.js";
import { writeSection } from "../write-section.js";
import { IDEAS } from "./all-ideas.js";
import { openModels } from "./graphs/open-models.js";
import { measureIdea, type Measuring } from "./measure-idea.js";
import { linesOf, tableOfIdeas, tableOfResults, type Measured } from "./report.js";

export async function ideas(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      dir: { type: "string", default: tmpdir() },
      only: { type: "string" },
      rounds: { type: "string" },
      threads: { type: "string", default: String(availableParallelism()) },
      seed: { type: "string", default: "7" },
      write: { type: "boolean", default: false },
    },
  });
  const wanted = values.only?.split(",") ?? IDEAS.map(({ name }) => name);
  const chosen = IDEAS.filter(({ name }) => wanted.includes(name));
  if (chosen.length < wanted.length)
    throw new Error(`--only takes ${IDEAS.map(({ name }) => name).join(", ")}`);
  if (values.write && chosen.length < IDEAS.length)
    throw new Error("--write makes the whole table anew, which needs all ideas");
  const machine = describeMachine();
  const threads = Number(values.threads);
  const dir = mkdtempSync(join(values.dir, "portcullis-ideas-"));
  const measuring: Measuring = {
    models: openModels(dir, Number(values.seed), threads),
    threads,
    rounds: values.rounds === undefined ? null : Number(values.rounds),
  };
  const measured: Measured[] = [];
  try {
    for (const idea of chosen) {
      const one: Measured = { idea, results: [] };
      for await (const result of measureIdea(idea, measuring)) {
        one.results.push(result);
        for (const line of linesOf(idea, result))
          console.log(JSON.stringify({ ...line, threads, ...machine }));
      }
      measured.push(one);
      console.error(`\n${idea.name}\n${tableOfResults(one)}`);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  if (values.write) await writeSection("ideas", tableOfIdeas(measured), machine, `ideas ${args.join(" ")}`);
}
