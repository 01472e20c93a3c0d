import type { PromptSpan } from "../model/index.js";

/** What an answer may look like: `safe`, or `unsafe` and a line of codes. Nothing else can come out. */
export interface AnswerForm {
  /** Text every answer begins with: empty for Llama Guard 1 and 2, two newlines for Llama Guard 3. */
  readonly prefix: string;
  /** Codes that may be named, in the policy's order, each a capital letter and a number. */
  readonly codes: readonly string[];
}

export interface ScoreRequest {
  readonly prompt: readonly PromptSpan[];
  readonly answer: AnswerForm;
  /** Least P(unsafe), 0..1, from which codes are decoded; 0 always decodes, above 1 never does. */
  readonly decodeFrom: number;
}

export interface CallOptions {
  /** Gives up at once for the caller; the engine lets go within the step in flight. */
  readonly signal?: AbortSignal;
}

/** One code of a decoded answer. */
export interface ScoredCode {
  readonly code: string;
  /**
   * Probability that the code is listed, given that the answer is `unsafe`, 0..1. Derived from the
   * constrained decode, along the greedy path: 1 - prod over slots (1 - P(slot reached) * P(code | slot)).
   */
  readonly probability: number;
  /** Whether greedy decoding named it. */
  readonly listed: boolean;
}

export interface ScoreResult {
  /** Two-class softmax over the logits of `unsafe` and `safe` at the first answer position, 0..1. */
  readonly scoreUnsafe: number;
  /** Share of probability that the two words hold among all tokens the head scores, 0..1. */
  readonly mass: number;
  /** One entry per code of the request, same order; null when codes were not decoded. */
  readonly codes: readonly ScoredCode[] | null;
  readonly usage: ScoreUsage;
  readonly timings: ScoreTimings;
}

export interface ScoreUsage {
  /** Tokens of the prompt. */
  readonly promptTokens: number;
  /** Prompt tokens whose keys and values were found in the cache. */
  readonly cachedTokens: number;
  /** Tokens that went through the model for this request, answer tokens included. */
  readonly computedTokens: number;
}

/** Milliseconds, monotonic clock of the engine process. */
export interface ScoreTimings {
  readonly queueMs: number;
  readonly computeMs: number;
}

export interface SplitRequest {
  readonly text: string;
  /** Most tokens a piece may have, at least 1. */
  readonly maxTokens: number;
  /** Tokens of the previous piece that the next one repeats, below `maxTokens`. */
  readonly overlapTokens: number;
}

/** What a started engine says of itself. */
export interface EngineInfo {
  readonly modelId: string;
  readonly modelSha256: string;
  readonly notice: string;
  /** Prompt template the model was trained with. */
  readonly template: string;
  readonly contextTokens: number;
}

export type EngineState = "starting" | "ready" | "restarting" | "closed";

/**
 * A guard model that scores prompts. The embedded engine runs ONNX in a child process; a remote one speaks
 * to another server. Both mean the same by every number.
 */
export interface Engine {
  readonly info: EngineInfo;
  readonly state: EngineState;
  /**
   * @throws GuardError `too_large` when the prompt exceeds the context, `invalid_request` when the model cannot
   * name a code, `overloaded`, `engine_unavailable`, `unreadable_output` when scores are not finite, `canceled`
   * or the signal's own GuardError
   */
  score(request: ScoreRequest, options?: CallOptions): Promise<ScoreResult>;
  /**
   * Tokens of each text, each encoded alone as plain text.
   * @throws GuardError `too_large` when a text is too long to tokenise at once; else as `score` does when busy,
   * away or told to stop
   */
  count(texts: readonly string[], options?: CallOptions): Promise<readonly number[]>;
  /**
   * Pieces that together cover all of the text, in order.
   * @throws GuardError as `count` does
   */
  split(request: SplitRequest, options?: CallOptions): Promise<readonly string[]>;
  /** Idempotent; waits for work in flight up to the drain time, then ends the process. */
  close(): Promise<void>;
}
