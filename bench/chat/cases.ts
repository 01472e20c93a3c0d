import { setTimeout as sleep } from "node:timers/promises";
import { shortMessage } from "../messages.js";
import { readCounter } from "../metrics.js";
import type { Random } from "../random.js";
import { median, quantile } from "../statistics.js";
import { streamChat, wholeChat, type GateNote } from "./ask-chat.js";
import { messageWith, type Pace } from "./mock-upstream.js";

export type Figures = Readonly<Record<string, number>>;

export interface ChatBench {
  /** Of the service. */
  readonly gate: string;
  /** Of the server behind it. */
  readonly upstream: string;
  readonly random: Random;
}

/** Short enough that exactly one check of the prompt and one of the answer are made. */
const SHORT: Pace = { tokens: 8, firstMs: 0, tokenMs: 0 };
/** An 8B model on a common card. */
const EVERYDAY: Pace = { tokens: 120, firstMs: 150, tokenMs: 20 };
const LONG: Pace = { tokens: 500, firstMs: 0, tokenMs: 5 };

/**
 * What the gateway takes beside the guard: the time of a guarded answer, less that of the same answer from the
 * server behind it, less what the guard says both verdicts took. Asked in turn, so that a slow moment
 * hits both.
 */
export async function overhead(requests: number, bench: ChatBench): Promise<Figures> {
  const beyond: number[] = [];
  const guarded: number[] = [];
  const direct: number[] = [];
  for (let sent = -5; sent < requests; sent += 1) {
    const content = messageWith(SHORT, shortMessage(bench.random));
    const { endMs: directMs } = await streamChat(bench.upstream, content);
    const { endMs, note } = await wholeChat(bench.gate, content);
    if (sent < 0) continue; // the first ones meet code that is not warm yet
    guarded.push(endMs);
    direct.push(directMs);
    beyond.push(endMs - directMs - guardMs(note));
  }
  return figures({ beyond, guarded, direct });
}

/** The same, with requests that come when they come: a Poisson process that does not wait for answers. */
export async function openLoopOverhead(
  requests: number,
  perSecond: number,
  bench: ChatBench,
): Promise<Figures> {
  const direct: number[] = [];
  for (let sent = 0; sent < 50; sent += 1)
    direct.push((await streamChat(bench.upstream, messageWith(SHORT, "Hello"))).endMs);
  const directMs = median(direct);
  const answers: Promise<{ endMs: number; beyondMs: number }>[] = [];
  for (let sent = 0; sent < requests; sent += 1) {
    await sleep((-Math.log(1 - bench.random()) / perSecond) * 1000);
    const asked = wholeChat(bench.gate, messageWith(SHORT, shortMessage(bench.random)));
    answers.push(asked.then(({ endMs, note }) => ({ endMs, beyondMs: endMs - directMs - guardMs(note) })));
  }
  const all = await Promise.all(answers);
  return {
    perSecond,
    ...figures({ beyond: all.map(({ beyondMs }) => beyondMs), guarded: all.map(({ endMs }) => endMs) }),
  };
}

const guardMs = ({ input, output }: GateNote): number =>
  input.timings.totalMs + output.reduce((sum, { timings }) => sum + timings.totalMs, 0);

/** When a reader sees the first word and the last, with the gates and without, at the pace of an everyday model. */
export async function firstText(requests: number, bench: ChatBench): Promise<Figures> {
  const seen = { guardedFirst: [] as number[], directFirst: [] as number[] };
  const ends = { guardedEnd: [] as number[], directEnd: [] as number[] };
  for (let sent = -1; sent < requests; sent += 1) {
    const content = messageWith(EVERYDAY, shortMessage(bench.random));
    const direct = await streamChat(bench.upstream, content);
    const guarded = await streamChat(bench.gate, content);
    if (sent < 0) continue;
    seen.guardedFirst.push(guarded.firstTextMs);
    seen.directFirst.push(direct.firstTextMs);
    ends.guardedEnd.push(guarded.endMs);
    ends.directEnd.push(direct.endMs);
  }
  return figures({ ...seen, ...ends });
}

/** What judging a growing answer costs, and what it would cost to read everything again at every check. */
export async function streamedTokens(answers: number, bench: ChatBench): Promise<Figures> {
  const read = async () => ({
    computed: await readCounter(bench.gate, "portcullis.tokens.computed"),
    prompt: await readCounter(bench.gate, "portcullis.tokens.prompt"),
    verdicts: await readCounter(bench.gate, "portcullis.moderation.verdicts"),
  });
  const before = await read();
  for (let sent = 0; sent < answers; sent += 1)
    await streamChat(bench.gate, messageWith(LONG, shortMessage(bench.random)));
  const after = await read();
  const per1000 = (value: number): number => Math.round((value / (answers * LONG.tokens)) * 1000);
  return {
    streamedTokens: answers * LONG.tokens,
    checks: after.verdicts - before.verdicts,
    computedPer1000: per1000(after.computed - before.computed),
    rereadPer1000: per1000(after.prompt - before.prompt),
    ratio: round((after.prompt - before.prompt) / (after.computed - before.computed)),
  };
}

const figures = (series: Readonly<Record<string, readonly number[]>>): Figures =>
  Object.fromEntries(
    Object.entries(series).flatMap(([name, values]) => [
      [`${name}P50Ms`, round(median(values))],
      [`${name}P95Ms`, round(quantile(values, 0.95))],
    ]),
  );

const round = (value: number): number => Number(value.toFixed(2));
