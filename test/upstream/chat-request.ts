import type { GenerationEvent, GenerationRequest, Generator, Sampling } from "../../src/generation/index.js";
import { openUpstream, type UpstreamOptions } from "../../src/upstream/index.js";
import { SCRIPTED_MODEL, type ScriptedUpstream } from "../fixtures/scripted-upstream.js";

export const SAMPLING: Sampling = {
  temperature: 0.6,
  topP: 0.9,
  seed: null,
  maxTokens: 64,
  stop: [],
  presencePenalty: 0,
  frequencyPenalty: 0,
  topLogprobs: null,
};

export const chat = (
  request: Partial<Omit<GenerationRequest, "sampling">> & { readonly sampling?: Partial<Sampling> } = {},
): GenerationRequest => ({
  input: { kind: "chat", messages: [{ role: "user", content: "Say hello." }] },
  choices: 1,
  ...request,
  sampling: { ...SAMPLING, ...request.sampling },
});

/** A generator that speaks to the scripted server, without pauses between attempts. */
export const openTo = (
  upstream: ScriptedUpstream,
  options: Partial<UpstreamOptions> = {},
): Promise<Generator & AsyncDisposable> =>
  openUpstream({
    preset: "vllm",
    baseUrl: upstream.baseUrl,
    model: SCRIPTED_MODEL,
    apiKey: null,
    kind: "chat",
    deadlineMs: 10_000,
    connectTimeoutMs: 1_000,
    silenceMs: 5_000,
    retries: 0,
    drainMs: 0,
    clock: { sleep: () => Promise.resolve(), random: () => 0 },
    ...options,
  });

export async function collect(events: AsyncIterable<GenerationEvent>): Promise<GenerationEvent[]> {
  const all: GenerationEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The text of one choice. */
export const textOf = (events: readonly GenerationEvent[], choice = 0): string =>
  events.map((event) => (event.type === "text" && event.choice === choice ? event.text : "")).join("");
