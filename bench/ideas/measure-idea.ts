import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sessionOptions } from "../../runtime/session-options.js";
import { timesOf, type MemoryResult, type Result, type TimedResult } from "./figures.js";
import type { OperatorTimes, Turn, TurnTimes } from "./graph-messages.js";
import { GUARD } from "./graphs/graph-recipe.js";
import type { Models } from "./graphs/open-models.js";
import type { Idea, MemoryCase, ModelName, TimedCase, Variant } from "./idea.js";
import { openGraphProcess, type GraphProcess } from "./open-graph-process.js";
import { planTurns, stepsOf, turnOrder } from "./turn-plan.js";

export interface Measuring {
  readonly models: Models;
  readonly threads: number;
  /** Null where the plan says how many. */
  readonly rounds: number | null;
}

/** Of the profiled sessions, behind one to warm up: least times are found soon. */
const PROFILED_ROUNDS = 8;

export async function* measureIdea(idea: Idea, measuring: Measuring): AsyncGenerator<Result> {
  for (const one of idea.timed) yield await measureTimed(idea, one, measuring);
  for (const one of idea.memory ?? []) yield await measureMemory(idea, one, measuring);
}

/** Variants are open at once and take turns, in one process unless their environments differ. */
async function measureTimed(idea: Idea, timed: TimedCase, measuring: Measuring): Promise<TimedResult> {
  const processes = new Map<string, GraphProcess>();
  const processOf = ({ env = {} }: Variant): GraphProcess => {
    const key = JSON.stringify(env);
    const opened = processes.get(key) ?? openGraphProcess(env);
    processes.set(key, opened);
    return opened;
  };
  const { variants } = idea;
  const open = (variant: Variant, profilePrefix: string | null): Promise<null> =>
    openSession(processOf(variant), idea, variant, timed.model, { ...measuring, profilePrefix });
  const take = (variant: Variant, runs: number): Promise<TurnTimes> =>
    processOf(variant).ask({ kind: "turn", session: variant.name, ...turnOf(timed, variant, runs) });
  const close = (variant: Variant): Promise<OperatorTimes | null> =>
    processOf(variant).ask({ kind: "close", session: variant.name });

  try {
    for (const variant of variants) await open(variant, null);
    const first: TurnTimes[] = [];
    for (const variant of variants) {
      await take(variant, 1); // a first run allocates
      first.push(await take(variant, 1));
    }
    const plan = planTurns(
      first.map(({ wallMs }) => wallMs[0]!),
      measuring.rounds,
    );
    const turns = new Map(variants.map((variant) => [variant, [] as TurnTimes[]]));
    for (let round = 0; round < plan.rounds; round++)
      for (const variant of turnOrder(variants, round))
        turns.get(variant)!.push(await take(variant, plan.runs));
    const differences = comparesLogits(idea, timed)
      ? await processOf(variants[0]).ask({
          ...{ kind: "compare", size: timed.size, sessions: variants.map(({ name }) => name) },
        })
      : null;
    for (const variant of variants) await close(variant);
    const operators = idea.operators === undefined ? null : await profile();
    return {
      ...{ kind: "timed", model: timed.model, size: sizeName(timed), ...plan },
      figures: variants.map((variant, i) => ({
        variant: variant.name,
        ...timesOf(turns.get(variant)!, turns.get(variants[0])!),
        operatorsMs: operators?.[i] ?? null,
        difference: i === 0 ? null : (differences?.[i - 1] ?? null),
      })),
    };
  } finally {
    for (const one of processes.values()) await one[Symbol.asyncDispose]();
  }

  async function profile(): Promise<(OperatorTimes | null)[]> {
    const work = mkdtempSync(join(tmpdir(), "portcullis-profile-"));
    try {
      for (const [i, variant] of variants.entries()) await open(variant, join(work, String(i)));
      for (let round = 0; round <= PROFILED_ROUNDS; round++)
        for (const variant of turnOrder(variants, round)) await take(variant, 1);
      const times: (OperatorTimes | null)[] = [];
      for (const variant of variants) times.push(await close(variant));
      return times;
    } finally {
      rmSync(work, { recursive: true });
    }
  }
}

/** Every variant in a process of its own, which ends with it. */
async function measureMemory(idea: Idea, memory: MemoryCase, measuring: Measuring): Promise<MemoryResult> {
  const figures: MemoryResult["figures"][number][] = [];
  for (const variant of idea.variants) {
    await using process = openGraphProcess(variant.env ?? {});
    await openSession(process, idea, variant, memory.model, { ...measuring, profilePrefix: null });
    const turn: Turn = { steps: memory.sizes, runs: 1, pauseMs: 0 };
    await process.ask({ kind: "turn", session: variant.name, ...turn });
    figures.push({ variant: variant.name, ...(await process.ask({ kind: "memory" })) });
  }
  return { kind: "memory", model: memory.model, size: sizesName(memory), figures };
}

async function openSession(
  process: GraphProcess,
  idea: Idea,
  variant: Variant,
  model: ModelName,
  { models, threads, profilePrefix }: Measuring & { readonly profilePrefix: string | null },
): Promise<null> {
  const { path, geometry } = await models.graphOf(model, variant.graph ?? idea.graph ?? GUARD);
  const product = sessionOptions(variant.threads ?? threads);
  const options = variant.options?.(product) ?? product;
  return process.ask({
    ...{ kind: "open", session: variant.name, graphPath: path, geometry, options, profilePrefix },
  });
}

const turnOf = ({ size, pauseMs = 0 }: TimedCase, { stepTokens }: Variant, runs: number): Turn => ({
  ...{ steps: stepsOf(size, stepTokens), runs, pauseMs },
});

/** Of real weights only; noise says nothing about accuracy. */
const comparesLogits = (idea: Idea, { model }: TimedCase): boolean =>
  idea.comparesLogits === true && model === "starter";

const sizeName = ({ size: { newTokens, pastTokens }, pauseMs = 0 }: TimedCase): string =>
  `${String(newTokens)} behind ${pastTokens.toLocaleString("en")}${pauseMs > 0 ? `, ${String(pauseMs)} ms apart` : ""}`;

const sizesName = ({ sizes }: MemoryCase): string =>
  sizes.length === 1
    ? `${String(sizes[0]!.newTokens)} behind ${String(sizes[0]!.pastTokens)}`
    : `${String(sizes.length)} sizes of step`;
