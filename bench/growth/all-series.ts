import { createGuard } from "../../guard/index.js";
import { openEngine } from "../../engine/index.js";
import { kvBytesPerToken, type ModelGeometry } from "../../model/index.js";
import type { Policy, PolicyCategory } from "../../policy/index.js";
import type { PromptTemplates } from "../../prompt/index.js";
import { newTokens, type Prompt } from "../compare/prompt.js";
import { createWorkload, type Workload } from "../compare/workload.js";
import { cpuMs, descendants } from "../process-tree.js";
import { openMeteredEngine } from "./measure.js";
import { demandOf, type Point, type Series } from "./series.js";

export interface GrowthInput {
  readonly modelDir: string;
  readonly threads: number;
  readonly geometry: ModelGeometry;
  readonly policy: Policy;
  readonly templates: PromptTemplates;
  readonly seed: number;
}

const MIB = 1024 * 1024;
const SHORT_TOKENS = 24;

export const SERIES: readonly ((input: GrowthInput) => Promise<Series>)[] = [
  messageLength,
  categoryCount,
  policyRotation,
  clientCount,
  conversationTurns,
];

const demand = (geometry: ModelGeometry, prompt: Prompt): number =>
  demandOf(geometry, newTokens(prompt), prompt.headTokens);

/** Judged as a caller has it judged: beyond the context in windows that overlap. */
async function messageLength(input: GrowthInput): Promise<Series> {
  const { modelDir, threads, geometry, policy, templates, seed } = input;
  const workload = await createWorkload(modelDir);
  const points: Point[] = [];
  await using engine = await openEngine({ modelDir, threads });
  const guard = createGuard({ engine, templates });
  await guard.moderate({ policy, conversation: [{ role: "user", content: "Hello" }] });
  for (const x of [8, 32, 128, 512, 1024, 2048, 4096, 8000]) {
    const repeats = Math.max(2, Math.min(16, Math.round(2048 / x)));
    const prompts = Array.from({ length: repeats }, (_, i) => workload.message(x, seed + 31 * x + i));
    const [startMs, startCpuMs] = [performance.now(), cpuMs(descendants(process.pid))];
    let computed = 0;
    for (const { text } of prompts) {
      const conversation = [{ role: "user", content: text }] as const;
      computed += (await guard.moderate({ policy, conversation })).usage.computedTokens;
    }
    const roomTokens = geometry.contextTokens - prompts[0]!.headTokens - TAIL_TOKENS;
    const windows = Math.ceil(x / roomTokens);
    const perWindow = Math.min(x, roomTokens) + TAIL_TOKENS;
    points.push({
      x,
      wallMs: (performance.now() - startMs) / repeats,
      cpuMs: (cpuMs(descendants(process.pid)) - startCpuMs) / repeats,
      computedTokens: computed / repeats,
      demand: windows * demandOf(geometry, perWindow, prompts[0]!.headTokens),
    });
  }
  return { name: "message length", unit: "tokens", points };
}

/** About what the prompt has behind the conversation. */
const TAIL_TOKENS = 54;

/** The first `count` of many made-up categories, by name only, so that 99 of them fit a small context. */
const categoriesOf = (policy: Policy, count: number, variant = ""): PolicyCategory[] =>
  Array.from({ length: count }, (_, i) => {
    const promptName = `Topic${variant} ${String(i + 1)}.`;
    return { ...policy.categories[0]!, code: `S${String(i + 1)}`, name: promptName, promptName, text: null };
  });

/** What a message costs once the head is known: only attention has more to look at. */
async function categoryCount({ modelDir, threads, geometry, policy, seed }: GrowthInput): Promise<Series> {
  await using engine = await openMeteredEngine({ modelDir, threads });
  const points: Point[] = [];
  for (const x of [1, 4, 11, 33, 66, 99]) {
    const workload = await createWorkload(modelDir, categoriesOf(policy, x));
    const prompts = short(workload, 24, seed + x);
    await engine.measure(prompts.slice(0, 1), 1);
    points.push({ x, ...(await engine.measure(prompts.slice(1), 1)), demand: demand(geometry, prompts[1]!) });
  }
  return { name: "categories of the policy", unit: "categories", points };
}

/** Policies asked in turn. As many heads as the bound allows are kept; beyond, each message pays for its own. */
async function policyRotation({ modelDir, threads, geometry, policy, seed }: GrowthInput): Promise<Series> {
  const headCacheBytes = 16 * MIB;
  await using engine = await openMeteredEngine({ modelDir, threads, headCacheBytes });
  const points: Point[] = [];
  for (const x of [1, 2, 4, 8, 16, 32]) {
    const heads: Prompt[][] = [];
    for (let i = 0; i < x; i++) {
      const workload = await createWorkload(modelDir, categoriesOf(policy, 66, `${String(x)}-${String(i)}`));
      heads.push(short(workload, 1 + Math.ceil(32 / x), seed + i));
    }
    const asked = Array.from({ length: Math.ceil(32 / x) }, (_, turn) =>
      heads.map((own) => own[turn + 1]!),
    ).flat();
    await engine.measure(
      heads.map((own) => own[0]!),
      1,
    );
    const { headTokens } = asked[0]!;
    const fits = Math.floor(headCacheBytes / (kvBytesPerToken(geometry) * (headTokens + SPARE_TOKENS)));
    const again = x <= fits ? 0 : demandOf(geometry, headTokens, 0);
    points.push({ x, ...(await engine.measure(asked, 1)), demand: demand(geometry, asked[0]!) + again });
  }
  return { name: "policies in rotation, 16 MiB for heads", unit: "policies", points };
}

/** Rows that a head keeps free behind it for what a step attaches. */
const SPARE_TOKENS = 128;

async function clientCount({ modelDir, threads, geometry, seed }: GrowthInput): Promise<Series> {
  await using engine = await openMeteredEngine({ modelDir, threads });
  const workload = await createWorkload(modelDir);
  await engine.measure(short(workload, 1, seed), 1);
  const points: Point[] = [];
  for (const x of [1, 4, 16, 64, 256]) {
    const prompts = short(workload, 256, seed + 1000 * x);
    points.push({ x, ...(await engine.measure(prompts, x)), demand: demand(geometry, prompts[0]!) });
  }
  return { name: "clients at once", unit: "clients", points };
}

/** The turn that comes next, whatever went before: two turns are new to its role, and the end of the prompt. */
async function conversationTurns({ modelDir, threads, geometry, seed }: GrowthInput): Promise<Series> {
  await using engine = await openMeteredEngine({ modelDir, threads });
  const workload = await createWorkload(modelDir);
  const conversations = [1, 2, 3].map((i) => workload.conversation(64, seed + i, 12));
  await engine.measure(workload.conversation(2, seed), 1); // either role's head
  const sums = new Map<number, Point>();
  for (const turns of conversations)
    for (const [i, prompt] of turns.entries()) {
      const cost = await engine.measure([prompt], 1);
      const newOnes = newTokens(prompt) - (i < 2 ? 0 : newTokens(turns[i - 2]!)) + (i < 2 ? 0 : TAIL_TOKENS);
      const point = { x: i + 1, ...cost, demand: demandOf(geometry, newOnes, prompt.ids.length - newOnes) };
      sums.set(i + 1, addTo(sums.get(i + 1), point));
    }
  // Single turns are too short for the clock of processor time, which ticks every 10 ms.
  const bands = [2, 4, 8, 16, 32, 64].map((to) =>
    [...sums.values()].filter(({ x }) => x > to / 2 && x <= to),
  );
  const points = bands.map((band) => {
    const all = band.reduce((sum, point) => addTo(sum, point));
    const count = band.length * conversations.length;
    return {
      ...{ x: band.at(-1)!.x, wallMs: all.wallMs / count, cpuMs: all.cpuMs / count },
      ...{ computedTokens: all.computedTokens / count, demand: all.demand / count },
    };
  });
  return { name: "turns of a conversation", unit: "turns", points };
}

const addTo = (sum: Point | undefined, point: Point): Point =>
  sum === undefined
    ? point
    : {
        ...{ x: point.x, wallMs: sum.wallMs + point.wallMs, cpuMs: sum.cpuMs + point.cpuMs },
        computedTokens: sum.computedTokens + point.computedTokens,
        demand: sum.demand + point.demand,
      };

const short = (workload: Workload, count: number, seed: number): Prompt[] =>
  Array.from({ length: count }, (_, i) => workload.message(SHORT_TOKENS, seed * 997 + i));
