import type { Idea, SessionOptions, TimedCase } from "../idea.js";
import { HEAD_TOKENS, LARGE_MESSAGE, MESSAGES, STARTER_MESSAGE } from "./sizes.js";

/** Replaces what the product says of how threads wait. */
const waiting =
  (intraOp: Readonly<Record<string, string>>) =>
  (product: SessionOptions): SessionOptions => ({
    ...{ ...product, extra: { session: { intra_op: intraOp } } },
  });

const inBlocks = (product: SessionOptions): SessionOptions => {
  const extra = product.extra as { readonly session: object };
  return { ...product, extra: { session: { ...extra.session, dynamic_block_base: "4" } } };
};

/** Messages of ten lengths: hardly one is that of another. */
const TEN_SIZES = [71, 256, 120, 40, 200, 90, 256, 33, 180, 71].map((newTokens) => ({
  ...{ newTokens, pastTokens: HEAD_TOKENS },
}));
const TEN_AT_8B = [{ model: "8B" as const, sizes: TEN_SIZES }];

const WRITTEN_IN_CHAT: TimedCase = { model: "chat", size: { newTokens: 1, pastTokens: 200 } };
/** Under load runs follow one another; otherwise there is HTTP, tokenising or nothing between them. */
const PAUSE_MS = 5;

export const RUNTIME_IDEAS: readonly Idea[] = [
  {
    name: "one-thread",
    what: "one thread for small models",
    expected: "less CPU time, longer answers",
    decision:
      "done for a generator this small, for the CPU time; not for the guard, which answers sooner with two on a quiet machine: `--threads 1` where CPU time counts",
    variants: [{ name: "all threads" }, { name: "one", threads: 1 }],
    timed: [STARTER_MESSAGE, WRITTEN_IN_CHAT],
  },
  {
    name: "threads-awake",
    what: "threads awake between the operators of a run, but not between runs",
    expected: "less waiting for threads to wake, most in small models",
    decision:
      "done: small steps are sooner where runs follow one another, as under load; behind a pause that is not sure and costs CPU time, and large models do not care. Always awake is fastest, but burns the pause",
    variants: [
      { name: "asleep", options: waiting({ allow_spinning: "0" }) },
      { name: "within runs" },
      { name: "always", options: waiting({ allow_spinning: "1" }) },
    ],
    timed: [
      ...[STARTER_MESSAGE, WRITTEN_IN_CHAT].flatMap((one) => [one, { ...one, pauseMs: PAUSE_MS }]),
      { model: "8B", size: { newTokens: 256, pastTokens: HEAD_TOKENS } },
    ],
  },
  {
    name: "no-memory-patterns",
    what: "no plan of memory for every size of step (`enableMemPattern`)",
    expected: "less memory; a little slower",
    decision: "done",
    variants: [
      { name: "plans", options: (product) => ({ ...product, enableMemPattern: true }) },
      { name: "none" },
    ],
    ...{ timed: [LARGE_MESSAGE], memory: TEN_AT_8B },
  },
  {
    name: "no-arena",
    what: "without the runtime's arena (`enableCpuMemArena`)",
    expected: "less memory; slower",
    decision: "not done: the peak does not shrink, and steps are no faster",
    variants: [
      { name: "arena" },
      { name: "none", options: (product) => ({ ...product, enableCpuMemArena: false }) },
    ],
    ...{ timed: [LARGE_MESSAGE], memory: TEN_AT_8B },
  },
  {
    name: "dynamic-blocks",
    what: "work handed to threads in shrinking pieces (`dynamic_block_base` 4)",
    expected: "a few hundredths, where a thread is disturbed",
    decision: "not done: too little to tell",
    variants: [{ name: "equal" }, { name: "shrinking", options: inBlocks }],
    timed: MESSAGES,
  },
];
