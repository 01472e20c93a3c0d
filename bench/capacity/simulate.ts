import type { Random } from "../random.js";

/** How an engine serves, as measured on some machine. */
export interface ServiceModel {
  /** A step takes `stepMs + tokenMs` for each new token. */
  readonly stepMs: number;
  readonly tokenMs: number;
  /** Most new tokens of a step. */
  readonly stepTokens: number;
  /** From the caller to the engine and back, without waiting or computing. */
  readonly overheadMs: number;
  /** How long an idle engine waits for more than it can do at once; 0 where it starts with what there is. */
  readonly waitMs?: number;
  /** How steps strayed from the line, as factors, drawn from at random; `[1]` for none. */
  readonly strays: readonly number[];
}

export interface Load {
  /** Poisson, over all engines. */
  readonly requestsPerSecond: number;
  /** New tokens of requests, drawn from at random. */
  readonly requestTokens: readonly number[];
  readonly requests: number;
}

/** A request until it is answered. */
interface Waiting {
  readonly arrivedMs: number;
  left: number;
}

/**
 * Engines that each pack what waits, oldest first, into steps that nothing interrupts; a request goes to the engine with the
 * fewest tokens waiting.
 * @returns ms from arrival to answer, in order of arrival
 */
export function simulate(service: ServiceModel, load: Load, engines: number, random: Random): number[] {
  const arrivals = arrivalsOf(load, random);
  const latencies = new Array<number>(arrivals.length);
  const lanes = Array.from({ length: engines }, () => ({
    freeMs: 0,
    queue: [] as (Waiting & { index: number })[],
  }));

  const runUntil = (untilMs: number): void => {
    for (const lane of lanes)
      while (lane.queue.length > 0) {
        const startMs = Math.max(lane.freeMs, dueMs(lane.queue, service));
        if (startMs >= untilMs) break;
        lane.freeMs = startMs + step(lane.queue, startMs, service, random, latencies);
      }
  };
  arrivals.forEach(({ atMs, tokens }, index) => {
    runUntil(atMs);
    const busy = (lane: (typeof lanes)[number]): number =>
      lane.queue.reduce((sum, { left }) => sum + left, 0) + (lane.freeMs > atMs ? service.stepTokens : 0);
    const chosen = lanes.reduce((least, lane) => (busy(lane) < busy(least) ? lane : least));
    chosen.queue.push({ arrivedMs: atMs, left: tokens, index });
  });
  runUntil(Infinity);
  return latencies;
}

/** When what waits is a full step, or the oldest of it has waited long enough. */
function dueMs(queue: readonly Waiting[], { waitMs = 0, stepTokens }: ServiceModel): number {
  const latestMs = queue[0]!.arrivedMs + waitMs;
  let tokens = 0;
  for (const { arrivedMs, left } of queue) {
    if (arrivedMs >= latestMs) break;
    tokens += left;
    if (tokens >= stepTokens) return arrivedMs;
  }
  return latestMs;
}

/** @returns its duration, ms */
function step(
  queue: (Waiting & { index: number })[],
  startMs: number,
  { stepMs, tokenMs, stepTokens, overheadMs, strays }: ServiceModel,
  random: Random,
  latencies: number[],
): number {
  let taken = 0;
  const done: (Waiting & { index: number })[] = [];
  for (const request of queue) {
    if (request.arrivedMs > startMs || taken === stepTokens) break;
    const take = Math.min(request.left, stepTokens - taken);
    taken += take;
    request.left -= take;
    if (request.left === 0) done.push(request);
  }
  const tookMs = (stepMs + tokenMs * taken) * strays[Math.floor(random() * strays.length)]!;
  for (const { arrivedMs, index } of done) latencies[index] = startMs + tookMs - arrivedMs + overheadMs;
  queue.splice(0, done.length); // those that are done are the oldest
  return tookMs;
}

function arrivalsOf({ requestsPerSecond, requestTokens, requests }: Load, random: Random) {
  let atMs = 0;
  return Array.from({ length: requests }, () => {
    atMs += (-Math.log(1 - random()) * 1000) / requestsPerSecond;
    return { atMs, tokens: requestTokens[Math.floor(random() * requestTokens.length)]! };
  });
}
