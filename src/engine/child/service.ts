import { GuardError } from "../../base/index.js";
import type { VerdictAnswer } from "../answer.js";
import type { ScoreResult } from "../engine.js";
import { toWire, type Ask, type ChildOptions, type FromChild } from "../protocol.js";
import { createConversationMemory } from "./conversation-memory.js";
import { createHeads } from "./heads.js";
import type { GuardModel } from "./model.js";
import { createReader } from "./reader.js";
import type { Sequence } from "./sequence.js";
import { createStepLoop } from "./step-loop.js";
import { createTurnQueue } from "./turn-queue.js";

/** What a child does for its main half, once it holds a model. */
export interface Service {
  ask(id: number, ask: Ask): void;
  cancel(id: number): void;
}

export interface ServiceOptions<M> {
  readonly model: M;
  readonly limits: Pick<ChildOptions, "stepTokens" | "cacheBytes" | "headCacheBytes">;
  readonly post: (message: FromChild) => void;
  /** The runtime failed in the middle of a step. */
  readonly onBroken: (error: unknown) => void;
  /** Milliseconds, monotonic; says when reading has taken long enough to let messages arrive. */
  readonly clock?: () => number;
}

export function createService(options: ServiceOptions<GuardModel>): Service {
  const { model, limits, post, onBroken } = options;
  const { session, tokenizer, geometry } = model;
  const heads = createHeads(geometry, limits.headCacheBytes);
  const readPrompt = createReader(model, heads);
  const reading = createTurnQueue(options.clock);
  const refuse = (id: number, error: unknown): void => post({ type: "refusal", id, error: toWire(error) });
  const loop = createStepLoop<VerdictAnswer>({
    session,
    geometry,
    heads,
    memory: createConversationMemory(geometry, limits.cacheBytes),
    stepTokens: limits.stepTokens,
    onDone: (sequence) => post({ type: "answer", id: sequence.id, value: resultOf(sequence) }),
    onFailed: refuse,
    onStep: (report) => post({ type: "step", report }),
    onBroken,
  });

  function answer(id: number, ask: Ask, arrivedMs: number): void {
    switch (ask.kind) {
      case "score":
        return loop.add(readPrompt(id, ask.request, arrivedMs));
      case "count":
        return post({
          type: "answer",
          id,
          value: ask.texts.map((text) => tokenizer.encodeText(text).length),
        });
      case "split": {
        const { text, maxTokens, overlapTokens } = ask.request;
        return post({ type: "answer", id, value: tokenizer.split(text, maxTokens, overlapTokens) });
      }
      case "generate":
        throw new GuardError("invalid_request", "a guard writes nothing; ask a generator");
      default:
        ask satisfies never;
    }
  }

  return {
    ask(id, ask) {
      const arrivedMs = performance.now();
      reading.add(id, () => {
        try {
          answer(id, ask, arrivedMs);
        } catch (error) {
          refuse(id, error);
        }
      });
    },
    cancel(id) {
      reading.cancel(id);
      loop.cancel(id);
    },
  };
}

function resultOf(sequence: Sequence<VerdictAnswer>): ScoreResult {
  const { answer, promptTokens, cachedTokens, computedTokens, arrivedMs, startedMs } = sequence;
  const started = startedMs ?? arrivedMs;
  return {
    ...answer.result(),
    usage: { promptTokens, cachedTokens, computedTokens },
    timings: { queueMs: started - arrivedMs, computeMs: performance.now() - started },
  };
}
