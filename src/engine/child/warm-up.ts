import { renderLlama3Chat } from "../../prompt/index.js";
import { fromWire, type Ask } from "../protocol.js";
import type { Service, ServiceOptions } from "./service.js";

const GUARD_PROMPT = [{ text: "Is there unsafe content?\n\n", shared: true }, { text: "User: hello\n\n" }];

/** One small prompt from text to score. */
export const GUARD_WARM_UP: Ask = {
  kind: "score",
  request: { prompt: GUARD_PROMPT, answer: { prefix: "", codes: [] }, decodeFrom: 0 },
};

/** One small chat up to the first token of its answer. */
export const GENERATOR_WARM_UP: Ask = {
  kind: "generate",
  request: {
    prompt: renderLlama3Chat([{ role: "user", content: "hello" }]),
    choices: 1,
    sampling: {
      ...{ temperature: 0, topP: 1, seed: 0, maxTokens: 1, stop: [], topLogprobs: null },
      ...{ presencePenalty: 0, frequencyPenalty: 0 },
    },
  },
};

/**
 * Asks a service of its own a first question, so that a child that says it is ready has proven it.
 * @throws whatever the question ran into
 */
export function warmUp<M>(
  model: M,
  createFor: (options: ServiceOptions<M>) => Service,
  ask: Ask,
  stepTokens: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const service = createFor({
      model,
      limits: { stepTokens, cacheBytes: 0, headCacheBytes: 0 },
      post: (message) => {
        if (message.type === "answer") resolve();
        if (message.type === "refusal") reject(fromWire(message.error));
      },
      onBroken: reject,
    });
    service.ask(0, ask);
  });
}
