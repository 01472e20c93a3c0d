import { seededRandom } from "../base/index.js";
import {
  createStopTexts,
  createTextStream,
  logProbabilities,
  sampleToken,
  type FinishReason,
  type GenerationEvent,
  type LikelyToken,
  type Sampling,
  type TokenLogprob,
} from "../generation/index.js";
import type { Answer } from "./answer.js";

/** One choice coming into being: a token for each row of logits. */
export interface GeneratedAnswer extends Answer {
  /** Tokens written so far; the one that ends the answer is not among them. */
  readonly tokenCount: number;
}

export interface GeneratedAnswerOptions {
  readonly choice: number;
  readonly sampling: Sampling;
  /** Of this choice alone. */
  readonly seed: number;
  readonly vocabulary: WriterVocabulary;
  /** Called when the first logits come: the prompt is computed. */
  readonly onPrompt?: (() => void) | undefined;
  /** Told after each token that makes text whole, and at the end. */
  readonly tell: (events: readonly GenerationEvent[]) => void;
}

/** What a generator's tokens mean. */
export interface WriterVocabulary {
  /** Tokens that end an answer. */
  readonly endTokens: ReadonlySet<number>;
  /** UTF-8 of a token; none for control tokens. */
  bytesOf(token: number): Uint8Array;
  /** A token for people: its text, in which U+FFFD stands for parts of characters, or its name. */
  textOf(token: number): string;
}

export function createGeneratedAnswer(options: GeneratedAnswerOptions): GeneratedAnswer {
  const { choice, sampling, vocabulary, onPrompt, tell } = options;
  const { stop, topLogprobs, maxTokens } = sampling;
  const random = seededRandom(options.seed);
  const stream = createTextStream(vocabulary.bytesOf);
  const stops = createStopTexts(stop);
  const counts = new Map<number, number>();
  let tokenCount = 0;
  // Of tokens whose text was not told yet: it is not whole, or could become a stop text.
  let untold = 0;
  let logprobs: TokenLogprob[] = [];

  function textEvents(text: string): GenerationEvent[] {
    if (text === "") return [];
    const event = {
      ...{ type: "text" as const, choice, text, tokens: Math.max(1, untold) },
      logprobs: topLogprobs === null ? null : logprobs,
    };
    untold = 0;
    logprobs = [];
    return [event];
  }

  function finish(text: string, reason: FinishReason): readonly number[] {
    tell([...textEvents(text), { type: "finished", choice, reason }]);
    return [];
  }

  /** Everything held back: no stop text was found in it. */
  function rest(): string {
    const { text, stopped } = stops.push(stream.end());
    return stopped ? text : text + stops.end();
  }

  function describe({ token, logprob }: LikelyToken) {
    const bytes = vocabulary.bytesOf(token);
    return { token: vocabulary.textOf(token), bytes: bytes.length === 0 ? null : [...bytes], logprob };
  }

  return {
    get tokenCount() {
      return tokenCount;
    },

    read(logits) {
      if (tokenCount === 0) onPrompt?.();
      const token = sampleToken(logits, sampling, counts, random);
      if (vocabulary.endTokens.has(token)) return finish(rest(), "stop");
      counts.set(token, (counts.get(token) ?? 0) + 1);
      tokenCount++;
      untold++;
      if (topLogprobs !== null) {
        const { chosen, top } = logProbabilities(logits, token, topLogprobs);
        logprobs.push({ ...describe(chosen), top: top.map(describe) });
      }
      const { text, stopped } = stops.push(stream.push(token));
      if (stopped) return finish(text, "stop");
      if (tokenCount >= maxTokens) return finish(text + rest(), "length");
      const events = textEvents(text);
      if (events.length > 0) tell(events);
      return [token];
    },
  };
}
