import autocannon from "autocannon";
import { shortMessage } from "./messages.js";
import { readGauge } from "./metrics.js";
import type { Random } from "./random.js";

export type Figures = Readonly<Record<string, number>>;

export interface CaseInput {
  readonly url: string;
  readonly random: Random;
  readonly warmupSeconds: number;
  readonly seconds: number;
}

const round = (value: number): number => Number(value.toFixed(2));
const bodyOf = (random: Random): string => JSON.stringify({ input: shortMessage(random) });

/**
 * Short messages, none like another, from clients that each send the next as soon as they have an answer. The
 * clients share the machine with the service.
 */
export async function load(clients: number, input: CaseInput): Promise<Figures> {
  await cannon(clients, input.warmupSeconds, input);
  await readGauge(input.url, "nodejs.eventloop.delay.p99");
  const result = await cannon(clients, input.seconds, input);
  const delaySeconds = await readGauge(input.url, "nodejs.eventloop.delay.p99");
  return {
    perSecond: round(result["2xx"] / result.duration),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors + result.timeouts,
    eventLoopDelayP99Ms: round(delaySeconds * 1000),
  };
}

const cannon = (connections: number, duration: number, { url, random }: CaseInput) =>
  autocannon({
    url,
    connections,
    duration,
    timeout: 60,
    requests: [
      {
        method: "POST",
        path: "/moderate",
        headers: { "content-type": "application/json" },
        setupRequest: (request) => ({ ...request, body: bodyOf(random) }),
      },
    ],
  });

interface Usage {
  readonly tokens: number;
  readonly cachedTokens: number;
  readonly computedTokens: number;
}

/** What remembering the policy's head saves: tokens computed for a message, and those its prompt has. */
export async function tokens(requests: number, { url, random }: CaseInput): Promise<Figures> {
  const usages: Usage[] = [];
  for (let sent = 0; sent <= requests; sent += 1) {
    const response = await fetch(`${url}/moderate`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: bodyOf(random),
    });
    usages.push(((await response.json()) as { usage: Usage }).usage);
  }
  const after = usages.slice(1); // the first one may have had to compute the head
  const mean = (pick: (usage: Usage) => number): number =>
    round(after.reduce((sum, usage) => sum + pick(usage), 0) / after.length);
  return {
    promptTokens: mean(({ tokens }) => tokens),
    cachedTokens: mean(({ cachedTokens }) => cachedTokens),
    computedTokens: mean(({ computedTokens }) => computedTokens),
  };
}
