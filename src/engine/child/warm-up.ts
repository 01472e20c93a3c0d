import { fromWire } from "../protocol.js";
import type { Model } from "./model.js";
import { createService } from "./service.js";

/**
 * Answers one small prompt from text to score, so that a child that says it is ready has proven it.
 * @throws whatever the prompt ran into
 */
export function warmUp(model: Model, stepTokens: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const service = createService({
      model,
      limits: { stepTokens, cacheBytes: 0, headCacheBytes: 0 },
      post: (message) => {
        if (message.type === "answer") resolve();
        if (message.type === "refusal") reject(fromWire(message.error));
      },
      onBroken: reject,
    });
    const prompt = [{ text: "Is there unsafe content?\n\n", shared: true }, { text: "User: hello\n\n" }];
    service.ask(0, { kind: "score", request: { prompt, answer: { prefix: "", codes: [] }, decodeFrom: 0 } });
  });
}
