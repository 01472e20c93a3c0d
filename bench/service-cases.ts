import { parseArgs } from "node:util";
import { load, tokens, type CaseInput, type Figures } from "./cases.js";
import { describeMachine } from "./machine.js";
import { createRandom } from "./random.js";
import { startService } from "./service.js";

const CASES: readonly (readonly [name: string, run: (input: CaseInput) => Promise<Figures>])[] = [
  ["tokens of a short message", (input) => tokens(50, input)],
  ...[1, 8, 32].map(
    (clients) =>
      [
        `/moderate, short messages, clients: ${String(clients)}`,
        (input: CaseInput) => load(clients, input),
      ] as const,
  ),
];

/**
 * One JSON line per case on stdout, a table on stderr. `npm run bench -- --seconds 20 -- --guard DIR`: what follows
 * the second `--` goes to `portcullis serve`.
 */
export async function serviceCases(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "7" },
      warmup: { type: "string", default: "3" },
      seconds: { type: "string", default: "10" },
    },
    allowPositionals: true,
  });
  const seed = Number(values.seed);

  const machine = describeMachine();
  if (machine.loadBefore > 0.5)
    console.error(
      `This machine is busy already (load ${String(machine.loadBefore)}): these are no final figures.`,
    );

  await using service = await startService(positionals);
  const table: Record<string, Figures> = {};
  for (const [index, [name, run]] of CASES.entries()) {
    const input = {
      url: service.url,
      random: createRandom(seed + index), // other messages in every case: the cache knows none of them
      warmupSeconds: Number(values.warmup),
      seconds: Number(values.seconds),
    };
    const figures = await run(input);
    table[name] = figures;
    console.log(JSON.stringify({ case: name, ...figures, model: service.modelId, seed, ...machine }));
  }
  for (const [name, figures] of Object.entries(table)) {
    console.error(`\n${name}`);
    for (const [figure, value] of Object.entries(figures))
      console.error(`  ${figure.padEnd(20)} ${String(value)}`);
  }
}
