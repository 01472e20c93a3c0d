import { GuardError, isErrorCode, type ErrorCode } from "../base/index.js";
import type { GenerationEvent, Sampling } from "../generation/index.js";
import type { ModelManifest, PromptSpan } from "../model/index.js";
import type { EngineInfo, ScoreRequest, ScoreResult, SplitRequest } from "./engine.js";

/** Every message that crosses the process boundary, as plain data. Ids are the main half's and never reused. */
export type ToChild =
  | { readonly type: "open"; readonly options: ChildOptions }
  | ({ readonly type: "ask"; readonly id: number } & Ask)
  /** Lets go of a request within the step in flight; nothing is answered. */
  | { readonly type: "cancel"; readonly id: number }
  /** Ends the process after the step in flight. */
  | { readonly type: "close" };

/** What can be asked of the child: of one that holds a guard, or of one that holds a generator. */
export type Ask = GuardAsk | GeneratorAsk;

export type GuardAsk =
  | { readonly kind: "score"; readonly request: ScoreRequest }
  | { readonly kind: "count"; readonly texts: readonly string[] }
  | { readonly kind: "split"; readonly request: SplitRequest };

export type GeneratorAsk = { readonly kind: "generate"; readonly request: WriteRequest };

/** A generation once its input is a prompt. */
export interface WriteRequest {
  readonly prompt: readonly PromptSpan[];
  readonly choices: number;
  readonly sampling: Sampling;
}

export interface WriteUsage {
  readonly promptTokens: number;
  /** Of all choices; tokens that end an answer are not counted. */
  readonly completionTokens: number;
}

/** What answers each kind of request. */
export interface Answers {
  readonly score: ScoreResult;
  readonly count: readonly number[];
  readonly split: readonly string[];
  /** Behind all its events. */
  readonly generate: WriteUsage;
}

export type FromChild =
  /** The model answered its first prompt. */
  | { readonly type: "ready"; readonly info: EngineInfo }
  /** The model cannot be opened; the child ends by itself. */
  | { readonly type: "failed"; readonly error: WireError }
  | { readonly type: "answer"; readonly id: number; readonly value: Answers[keyof Answers] }
  | { readonly type: "refusal"; readonly id: number; readonly error: WireError }
  /** What a request for text has come to since the last step, one choice at a time. */
  | { readonly type: "events"; readonly id: number; readonly events: readonly GenerationEvent[] }
  /** After every step: a sign of life as much as a measurement. */
  | { readonly type: "step"; readonly report: StepReport };

/** What a child says once it is ready. */
export type WorkMessage = Exclude<FromChild, { type: "ready" | "failed" }>;

export interface ChildOptions {
  readonly task: ModelManifest["task"];
  readonly modelDir: string;
  readonly threads: number;
  readonly stepTokens: number;
  readonly cacheBytes: number;
  readonly headCacheBytes: number;
}

/** Counts and durations of one step; no text, no tokens. */
export interface StepReport {
  readonly kind: "head" | "sequences";
  /** Planning, running and reading, ms. */
  readonly stepMs: number;
  /** Tokens that went through the model. */
  readonly newTokens: number;
  /** Tokens that were looked at from the cache, head included. */
  readonly pastTokens: number;
  /** Sequences packed into the step. */
  readonly sequences: number;
  /** Sequences that still have tokens to compute. */
  readonly waitingSequences: number;
  /** Tokens these still have to compute, as far as known. */
  readonly waitingTokens: number;
  /** Bytes of keys and values held: heads, remembered conversations and sequences in flight. */
  readonly kvBytes: number;
}

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly pointer?: string;
}

/** Anything that is not a GuardError is our own mistake: its message stays on this side of the boundary. */
export function toWire(error: unknown): WireError {
  if (!(error instanceof GuardError)) return { code: "engine_unavailable", message: "the engine failed" };
  const { code, message, pointer } = error;
  return { code, message, ...(pointer === undefined ? {} : { pointer }) };
}

export function fromWire({ code, message, pointer }: WireError): GuardError {
  return new GuardError(
    isErrorCode(code) ? code : "engine_unavailable",
    message,
    pointer === undefined ? {} : { pointer },
  );
}
