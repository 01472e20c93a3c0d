import { randomInt } from "node:crypto";
import { GuardError } from "../../base/index.js";
import { createGeneratedAnswer, type GeneratedAnswer } from "../generated-answer.js";
import { toWire, type WriteRequest } from "../protocol.js";
import { createConversationMemory } from "./conversation-memory.js";
import { createHeads } from "./heads.js";
import type { GeneratorModel } from "./model.js";
import { createSequence } from "./sequence.js";
import type { Service, ServiceOptions } from "./service.js";
import { createStepLoop } from "./step-loop.js";
import { createTurnQueue } from "./turn-queue.js";

/** An answer that grows pushes on those behind it, which are then copied anew, once in so many tokens. */
const ALIGN_TOKENS = 32;

/**
 * Most new tokens of one step. A generator's graph holds the weights of all heads between all new tokens and all rows
 * of the past, several times over: 270 MB for 64 tokens before 8,192 at 8B. Its products would be up to a seventh faster with 256.
 */
const MOST_STEP_TOKENS = 64;

/** A request for text; each of its choices is a sequence. */
interface Generation {
  readonly id: number;
  readonly promptTokens: number;
  readonly sequences: number[];
  unfinished: number;
  completionTokens: number;
}

/**
 * Writes answers. All sequences look at one empty head, so that any of them can be packed into a step; prompts with
 * the same beginning, choices of one request above all, find each other's rows in the conversation memory.
 */
export function createGeneratorService(options: ServiceOptions<GeneratorModel>): Service {
  const { model, limits, post, onBroken } = options;
  const { session, tokenizer, vocabulary, geometry } = model;
  const stepTokens = Math.min(limits.stepTokens, MOST_STEP_TOKENS);
  const heads = createHeads(geometry, 0);
  const useHead = () => heads.use("", () => []);
  useHead(); // for good: with its last user an empty head would go, and what is remembered behind it
  const reading = createTurnQueue(options.clock);
  const generations = new Map<number, Generation>(); // by id of the request
  const owners = new Map<number, Generation>(); // by id of the sequence
  let nextSequence = 1;
  const refuse = (id: number, error: unknown): void => post({ type: "refusal", id, error: toWire(error) });
  const loop = createStepLoop<GeneratedAnswer>({
    ...{ session, geometry, heads, stepTokens, alignTokens: ALIGN_TOKENS },
    memory: createConversationMemory(geometry, limits.cacheBytes),
    onDone({ id, answer }) {
      const generation = owners.get(id)!;
      generation.completionTokens += answer.tokenCount;
      if (--generation.unfinished > 0) return;
      forget(generation);
      const { promptTokens, completionTokens } = generation;
      post({ type: "answer", id: generation.id, value: { promptTokens, completionTokens } });
    },
    onFailed(id, error) {
      const generation = owners.get(id)!;
      abandon(generation);
      refuse(generation.id, error);
    },
    onStep: (report) => post({ type: "step", report }),
    onBroken,
  });

  function forget({ id, sequences }: Generation): void {
    generations.delete(id);
    for (const sequence of sequences) owners.delete(sequence);
  }

  function abandon(generation: Generation): void {
    forget(generation);
    for (const sequence of generation.sequences) loop.cancel(sequence);
  }

  function write(id: number, { prompt, choices, sampling }: WriteRequest, arrivedMs: number): void {
    const tokens = tokenizer.encode(prompt);
    const promptTokens = tokens.length;
    // The last token written is never computed, and one row of past stands in for the empty head.
    const room = geometry.contextTokens - promptTokens;
    if (promptTokens === 0) throw new GuardError("invalid_request", "the prompt is empty");
    if (room < 1)
      throw new GuardError(
        "too_large",
        `the prompt has ${String(promptTokens)} tokens; ${String(geometry.contextTokens - 1)} fit beside an answer`,
      );
    const seed = sampling.seed ?? randomInt(2 ** 32);
    const generation: Generation = {
      ...{ id, promptTokens, sequences: [], unfinished: choices, completionTokens: 0 },
    };
    generations.set(id, generation);

    const add = (choice: number, onPrompt?: () => void): void => {
      const answer = createGeneratedAnswer({
        ...{ choice, vocabulary, onPrompt, seed: seed + choice },
        sampling: { ...sampling, maxTokens: Math.min(sampling.maxTokens, room) },
        tell: (events) => post({ type: "events", id, events }),
      });
      const sequence = createSequence({
        ...{ id: nextSequence++, head: useHead(), headTokens: 0, tokens: [...tokens], promptTokens },
        ...{ answer, arrivedMs },
      });
      generation.sequences.push(sequence.id);
      owners.set(sequence.id, generation);
      loop.add(sequence);
    };
    // The other choices begin when the prompt is known, so that it is computed once.
    add(0, () => {
      for (let choice = 1; choice < choices; choice++) add(choice);
    });
  }

  return {
    ask(id, ask) {
      const arrivedMs = performance.now();
      reading.add(id, () => {
        try {
          if (ask.kind !== "generate")
            throw new GuardError("invalid_request", "a generator judges nothing; ask a guard");
          write(id, ask.request, arrivedMs);
        } catch (error) {
          refuse(id, error);
        }
      });
    },
    cancel(id) {
      reading.cancel(id);
      const generation = generations.get(id);
      if (generation !== undefined) abandon(generation);
    },
  };
}
