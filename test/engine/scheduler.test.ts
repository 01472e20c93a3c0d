import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { pastOfHead, planStep, type PendingSequence, type StepPlan } from "../../src/engine/scheduler.js";

interface Job extends PendingSequence {
  tokenCount: number;
  computed: number;
  attached: number;
  /** Answer tokens still to come, a few at a time. */
  answer: number[];
}

interface Shape {
  readonly headId: number;
  readonly prompt: number;
  readonly answer: number[];
  /** Steps after which it arrives, and, if at all, is canceled. */
  readonly arrives: number;
  readonly canceled: number | null;
}

const HEADS = [0, 3, 40];
const shape: fc.Arbitrary<Shape> = fc.record({
  headId: fc.nat(HEADS.length - 1),
  prompt: fc.integer({ min: 1, max: 30 }),
  answer: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
  arrives: fc.nat(8),
  canceled: fc.option(fc.nat(12)),
});

const TOTAL_TOKENS = 100; // more than any head, prompt and answer together

/** Runs plans against bookkeeping only, checking each; returns the plans and the jobs by id. */
function simulate(
  shapes: readonly Shape[],
  stepTokens: number,
  alignTokens?: number,
): { plans: StepPlan[]; unfinished: Job[] } {
  const heads = new Map(HEADS.map((tokenCount, id) => [id, { tokenCount, computed: 0 }]));
  const waiting: Job[] = [];
  const plans: StepPlan[] = [];
  for (let step = 0; step < 2_000; step++) {
    for (const [id, { headId, prompt, answer, arrives }] of shapes.entries())
      if (arrives === step) {
        const computed = HEADS[headId]!;
        waiting.push({
          id,
          headId,
          computed,
          tokenCount: computed + prompt,
          attached: 0,
          answer: [...answer],
        });
      }
    for (const [id, { canceled }] of shapes.entries()) {
      const at = canceled === step ? waiting.findIndex((job) => job.id === id) : -1;
      if (at >= 0) waiting.splice(at, 1);
    }
    const limits = { stepTokens, totalTokens: TOTAL_TOKENS };
    const plan = planStep(waiting, heads, alignTokens === undefined ? limits : { ...limits, alignTokens });
    if (plan === null) {
      expect(waiting).toEqual([]);
      if (step > 12) break;
      continue;
    }
    plans.push(plan);
    check(plan, waiting, heads, stepTokens, alignTokens);
    if (plan.kind === "head") heads.get(plan.headId)!.computed += plan.take;
    else for (const row of plan.rows) advance(waiting, row.id, row.take);
  }
  return { plans, unfinished: waiting };
}

function check(
  plan: StepPlan,
  waiting: readonly Job[],
  heads: ReadonlyMap<number, { tokenCount: number; computed: number }>,
  stepTokens: number,
  alignTokens = 1,
): void {
  const head = heads.get(plan.headId)!;
  expect(plan.headId).toBe(waiting[0]!.headId); // the oldest names the head
  if (plan.kind === "head") {
    expect(plan.from).toBe(head.computed);
    expect(plan.take).toBe(Math.min(stepTokens, head.tokenCount - head.computed));
    return;
  }
  expect(head.computed).toBe(head.tokenCount);
  const inLine = waiting.filter(({ headId }) => headId === plan.headId);
  expect(plan.rows.map(({ id }) => id)).toEqual(inLine.slice(0, plan.rows.length).map(({ id }) => id));
  let newTokens = 0;
  let past = pastOfHead(head.tokenCount);
  for (const [at, { from, take, attachedAt }] of plan.rows.entries()) {
    const job = inLine[at]!;
    expect(from).toBe(job.computed); // nothing twice, nothing left out
    expect(take).toBeGreaterThan(0);
    expect(from + take).toBeLessThanOrEqual(job.tokenCount);
    newTokens += take;
    expect(attachedAt).toBeGreaterThanOrEqual(past);
    expect(attachedAt).toBeLessThan(past + alignTokens);
    if (at > 0 && job.attached > 0) expect(attachedAt % alignTokens).toBe(0);
    past = attachedAt + job.attached;
  }
  expect(plan.pastTokens).toBe(past);
  expect(newTokens).toBeLessThanOrEqual(stepTokens);
  expect(past + newTokens).toBeLessThanOrEqual(TOTAL_TOKENS);
}

function advance(waiting: Job[], id: number, take: number): void {
  const at = waiting.findIndex((job) => job.id === id);
  const job = waiting[at]!;
  job.computed += take;
  job.attached += take;
  if (job.computed < job.tokenCount) return;
  const more = job.answer.shift();
  if (more === undefined) waiting.splice(at, 1);
  else job.tokenCount += more;
}

describe("planStep", () => {
  it("has nothing to do when nobody waits", () => {
    expect(planStep([], new Map(), { stepTokens: 8, totalTokens: 100 })).toBeNull();
  });

  it("computes every token of every sequence once and in order, whoever comes, goes or is canceled", () => {
    fc.assert(
      fc.property(
        fc.array(shape, { maxLength: 25 }),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(undefined, 4, 32),
        (shapes, stepTokens, alignTokens) => {
          expect(simulate(shapes, stepTokens, alignTokens).unfinished).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("advances the oldest sequence in every step, so that none waits for more than those before it", () => {
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 25 }), (shapes) => {
        const still = shapes.map((one) => ({ ...one, arrives: 0, canceled: null }));
        const stepTokens = 8;
        const { plans } = simulate(still, stepTokens);
        let bound = 0;
        for (const [id, { prompt, answer }] of still.entries()) {
          bound += Math.ceil(prompt / stepTokens) + answer.length;
          const heads = HEADS.reduce((sum, tokens) => sum + Math.ceil(tokens / stepTokens), 0);
          const last = plans.findLastIndex(
            (plan) => plan.kind === "sequences" && plan.rows.some((row) => row.id === id),
          );
          expect(last).toBeLessThan(bound + heads);
        }
      }),
    );
  });

  it("computes a head in pieces before any sequence that looks at it", () => {
    const heads = new Map([[7, { tokenCount: 20, computed: 16 }]]);
    const waiting = [{ id: 1, headId: 7, tokenCount: 25, computed: 20, attached: 0 }];
    const plan = planStep(waiting, heads, { stepTokens: 8, totalTokens: 100 });
    expect(plan).toEqual({ kind: "head", headId: 7, from: 16, take: 4 });
  });

  it("splits a prompt longer than the budget and leaves the rest of the line waiting", () => {
    const heads = new Map([[1, { tokenCount: 0, computed: 0 }]]);
    const waiting = [
      { id: 1, headId: 1, tokenCount: 5, computed: 0, attached: 0 },
      { id: 2, headId: 1, tokenCount: 2, computed: 0, attached: 0 },
    ];
    const plan = planStep(waiting, heads, { stepTokens: 3, totalTokens: 100 });
    expect(plan).toMatchObject({ rows: [{ id: 1, from: 0, take: 3 }] });
  });

  it("packs no more than the graph has positions for, and lets nobody overtake", () => {
    const heads = new Map([[1, { tokenCount: 10, computed: 10 }]]);
    const waiting = [
      { id: 1, headId: 1, tokenCount: 52, computed: 50, attached: 40 },
      { id: 2, headId: 1, tokenCount: 59, computed: 50, attached: 40 },
      { id: 3, headId: 1, tokenCount: 12, computed: 10, attached: 0 },
    ];
    const plan = planStep(waiting, heads, { stepTokens: 50, totalTokens: 100 });
    expect(plan).toMatchObject({ rows: [{ id: 1, from: 50, take: 2 }] });
  });
});
