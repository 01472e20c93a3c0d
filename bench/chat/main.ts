import { parseArgs } from "node:util";
import { describeMachine } from "../machine.js";
import { createRandom } from "../random.js";
import { startService } from "../service.js";
import {
  firstText,
  openLoopOverhead,
  overhead,
  streamedTokens,
  type ChatBench,
  type Figures,
} from "./cases.js";
import { MOCK_MODEL, startMockUpstream } from "./mock-upstream.js";
import { makePatientPolicy } from "./patient-policy.js";

const CASES: readonly (readonly [name: string, run: (bench: ChatBench) => Promise<Figures>])[] = [
  ["overhead beside the guard, one after the other", (bench) => overhead(200, bench)],
  ["overhead beside the guard, open loop, 10 a second", (bench) => openLoopOverhead(200, 10, bench)],
  ["first and last text, 50 tokens a second", (bench) => firstText(15, bench)],
  ["guard tokens of 500-token answers", (bench) => streamedTokens(6, bench)],
];

/**
 * Guarded chat over a model server that thinks of nothing: one JSON line per case on stdout. What follows `--` goes
 * to `portcullis serve`.
 */
export async function chat(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { seed: { type: "string", default: "7" } },
    allowPositionals: true,
  });
  const machine = describeMachine();
  using policy = makePatientPolicy();
  await using upstream = await startMockUpstream();
  await using service = await startService([
    ...["--generator-url", upstream.url, "--generator-model", MOCK_MODEL, "--policies-dir", policy.dir],
    ...positionals,
  ]);
  for (const [index, [name, run]] of CASES.entries()) {
    const random = createRandom(Number(values.seed) + index);
    const figures = await run({ gate: service.url, upstream: upstream.url, random });
    console.log(JSON.stringify({ case: name, ...figures, guard: service.modelId, ...machine }));
  }
}
