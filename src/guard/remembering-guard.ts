import { createHmac, randomBytes } from "node:crypto";
import { recordRemembered, withSpan } from "../telemetry/index.js";
import type { Guard, Judgement, ModerationRequest } from "./guard.js";
import { recordJudgement, toMicroseconds } from "./measure.js";

export interface RememberingOptions {
  /** Most judgements kept, at least 1; the one that was asked for longest ago goes first. */
  readonly entries: number;
  /** Milliseconds, monotonic. */
  readonly clock?: () => number;
}

/**
 * Gives a judgement again when the very same question comes again: same policy file, same categories and scores asked
 * for, same conversation to the letter. What is given again has been computed by this guard, so it is exact; that
 * nothing was computed now is told by `usage` and `timings`.
 *
 * No text is kept. Questions are known by a hash under a key that this process draws and nobody sees: whoever reads
 * its memory cannot look up guesses.
 * @param guard of one model
 */
export function createRememberingGuard(
  guard: Guard,
  { entries, clock = () => performance.now() }: RememberingOptions,
): Guard {
  const secret = randomBytes(32);
  const known = new Map<string, Judgement>(); // least recently asked for first

  function keyOf({ policy, conversation, categories, scores }: ModerationRequest): string {
    const messages = conversation.map(({ role, content }) => [role, content]);
    const question = [policy.id, policy.sha256, categories ?? null, scores ?? null, messages];
    return createHmac("sha256", secret).update(JSON.stringify(question)).digest("base64");
  }

  function keep(key: string, judgement: Judgement): void {
    known.delete(key);
    known.set(key, judgement);
    const [oldest] = known.keys();
    if (known.size > entries) known.delete(oldest!);
  }

  return {
    async moderate(request, options = {}) {
      const startMs = clock();
      const key = keyOf(request);
      const found = known.get(key);
      if (found === undefined || options.signal?.aborted === true) {
        const judgement = await guard.moderate(request, options);
        keep(key, judgement);
        return judgement;
      }
      keep(key, found);
      return withSpan("moderate", { "portcullis.policy": request.policy.id }, (annotate) => {
        const { promptTokens } = found.usage;
        const judgement: Judgement = {
          ...found,
          usage: { promptTokens, cachedTokens: promptTokens, computedTokens: 0 },
          timings: { queueMs: 0, computeMs: 0, totalMs: toMicroseconds(clock() - startMs) },
        };
        recordJudgement(judgement, annotate);
        recordRemembered({ policyId: request.policy.id });
        return Promise.resolve(judgement);
      });
    },
  };
}
