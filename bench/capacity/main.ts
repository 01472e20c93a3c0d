// How many engines a load needs: services measured here, arrivals simulated, and the simulation checked against a real
// open-loop run. One JSON line per load on stdout, tables on stderr; `--write` puts them into docs/performance.md.
import { join } from "node:path";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { PACKAGE_ROOT } from "../../base/index.js";
import { createWorkload } from "../compare/workload.js";
import { describeMachine } from "../machine.js";
import { markdownTable } from "../markdown-table.js";
import { createRandom } from "../random.js";
import { quantile } from "../statistics.js";
import { writeSection } from "../write-section.js";
import { measureService, openLoop, openMeasuredEngine } from "./measure-service.js";
import { simulate, type Load, type ServiceModel } from "./simulate.js";

const SHARES = [0.3, 0.5, 0.7, 0.85];
/** Loads in multiples of what one engine can serve at most. */
const LOADS = [0.25, 0.5, 1, 2, 4, 8, 16];
/** Targets of p99 in multiples of the mean service time of a request alone. */
const PATIENCE = [5, 10];
/** How long an idle engine might wait for company. */
const WAITS_MS = [0, 2, 5, 10, 20];
const SIMULATED_REQUESTS = 20_000;

export async function capacity(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: "string", default: join(PACKAGE_ROOT, "onnx/starter-guard") },
      threads: { type: "string", default: String(availableParallelism()) },
      seconds: { type: "string", default: "20" },
      seed: { type: "string", default: "7" },
      write: { type: "boolean", default: false },
    },
  });
  const [seed, seconds, machine] = [Number(values.seed), Number(values.seconds), describeMachine()];
  const workload = await createWorkload(values.model);
  await using engine = await openMeasuredEngine(values.model, Number(values.threads));
  const service = await measureService(engine, workload.messages(200, seed));
  const most = mostPerSecond(service);
  console.log(
    JSON.stringify({
      step: "service",
      ...service,
      strays: undefined,
      requestTokens: undefined,
      most,
      ...machine,
    }),
  );

  const checked: string[][] = [];
  for (const [i, share] of SHARES.entries()) {
    const requestsPerSecond = share * most;
    const prompts = workload.messages(Math.ceil(seconds * requestsPerSecond), seed + 10 + i);
    const real = await openLoop(engine, prompts, requestsPerSecond, createRandom(seed + i));
    const simulated = simulate(service, loadOf(service, requestsPerSecond), 1, createRandom(seed + i));
    const figures = { real: percentiles(real), simulated: percentiles(simulated) };
    console.log(
      JSON.stringify({ load: share, requestsPerSecond, requests: prompts.length, ...figures, ...machine }),
    );
    checked.push([
      ...[percent(share), requestsPerSecond.toFixed(1)],
      ...[figures.simulated.p50, figures.real.p50, figures.simulated.p99, figures.real.p99].map(ms),
    ]);
  }
  const check = markdownTable(
    ["load", "requests per second", "p50 simulated", "p50 real", "p99 simulated", "p99 real"],
    checked,
  );
  const section = [
    check,
    neededTable(service, most, seed),
    "An idle engine that waits for company before it starts a step, simulated, p50 and p99:",
    waitingTable(service, most, seed),
  ].join("\n\n");
  console.error(section);
  if (values.write) await writeSection("capacity", section, machine, `capacity ${args.join(" ")}`);
}

/** Requests that full steps can serve. */
function mostPerSecond({ stepMs, tokenMs, stepTokens, requestTokens }: Measured): number {
  const tokensPerSecond = (1000 * stepTokens) / (stepMs + tokenMs * stepTokens);
  return tokensPerSecond / meanOf(requestTokens);
}

const loadOf = ({ requestTokens }: Measured, requestsPerSecond: number): Load => ({
  ...{ requestsPerSecond, requestTokens, requests: SIMULATED_REQUESTS },
});

type Measured = ServiceModel & { readonly requestTokens: readonly number[] };

/** Engines by load and target, on machines like this one, each engine with its own. */
function neededTable(service: Measured, most: number, seed: number): string {
  const aloneMs = service.stepMs + service.tokenMs * meanOf(service.requestTokens) + service.overheadMs;
  const targets = PATIENCE.map((times) => times * aloneMs);
  return markdownTable(
    ["requests per second", ...targets.map((target) => `engines for a p99 of ${ms(target)}`)],
    LOADS.map((times) => [
      (times * most).toFixed(1),
      ...targets.map((target) => String(enginesFor(service, times * most, target, seed) ?? "none is enough")),
    ]),
  );
}

/** What it would bring to wait for more requests before a step. */
function waitingTable(service: Measured, most: number, seed: number): string {
  const cell = (share: number, waitMs: number): string => {
    const load = loadOf(service, share * most);
    const { p50, p99 } = percentiles(simulate({ ...service, waitMs }, load, 1, createRandom(seed)));
    return `${p50.toFixed(0)}, ${p99.toFixed(0)} ms`;
  };
  return markdownTable(
    ["load", ...WAITS_MS.map((waitMs) => (waitMs === 0 ? "not at all" : `up to ${ms(waitMs)}`))],
    SHARES.map((share) => [percent(share), ...WAITS_MS.map((waitMs) => cell(share, waitMs))]),
  );
}

/** The least number of engines, or null where waiting is not what takes too long. */
function enginesFor(
  service: Measured,
  requestsPerSecond: number,
  p99Ms: number,
  seed: number,
): number | null {
  const load = loadOf(service, requestsPerSecond);
  const fewest = Math.max(1, Math.floor(requestsPerSecond / mostPerSecond(service)));
  for (let engines = fewest; engines <= 8 * fewest; engines++)
    if (percentiles(simulate(service, load, engines, createRandom(seed))).p99 <= p99Ms) return engines;
  return null;
}

const percentiles = (latencies: readonly number[]) => ({
  ...{ p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
});
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const ms = (value: number): string => `${value.toFixed(0)} ms`;
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
