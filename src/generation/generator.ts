/** One message of a chat. What people wrote stays text: no generator may read control tokens out of it. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
  /** Of an assistant that calls tools; only generators whose `info.tools` says so take them. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool that answers: which call. */
  readonly toolCallId?: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly arguments: string;
}

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON schema. */
  readonly parameters?: object;
}

/** As OpenAI defines them. */
export interface Sampling {
  /** 0..2; 0 takes the likeliest token. */
  readonly temperature: number;
  /** 0..1, exclusive of 0. */
  readonly topP: number;
  /** The same seed and request give the same text, as far as the generator can. */
  readonly seed: number | null;
  readonly maxTokens: number;
  /** At most four texts, none empty; the answer ends before the first that appears. */
  readonly stop: readonly string[];
  /** -2..2, taken off the logit of every token that the answer holds already. */
  readonly presencePenalty: number;
  /** -2..2, taken off once for every time it does. */
  readonly frequencyPenalty: number;
  /** Likeliest tokens told with each token, 0..20; null for no probabilities at all. */
  readonly topLogprobs: number | null;
}

export interface GenerationRequest {
  readonly input:
    | { readonly kind: "chat"; readonly messages: readonly ChatMessage[] }
    /** For base models: goes on where the text ends. */
    | { readonly kind: "text"; readonly prompt: string };
  /** Answers wanted, 1..4. */
  readonly choices: number;
  readonly sampling: Sampling;
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?: "auto" | "none" | "required" | { readonly name: string };
}

export interface TokenLogprob {
  readonly token: string;
  /** UTF-8, for tokens that end inside a character. */
  readonly bytes: readonly number[] | null;
  /** Natural logarithm, at most 0. */
  readonly logprob: number;
  readonly top: readonly {
    readonly token: string;
    readonly bytes: readonly number[] | null;
    readonly logprob: number;
  }[];
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

/** What a generator says, in order. Every choice is finished exactly once, after all its text. */
export type GenerationEvent =
  /** Whole characters, never half of one. */
  | {
      readonly type: "text";
      readonly choice: number;
      readonly text: string;
      /** Tokens this text stands for, as far as known; at least 1. */
      readonly tokens: number;
      readonly logprobs: readonly TokenLogprob[] | null;
    }
  /** A piece of a tool call; id and name come with its first piece. */
  | {
      readonly type: "toolCall";
      readonly choice: number;
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments: string;
    }
  | { readonly type: "finished"; readonly choice: number; readonly reason: FinishReason }
  /** Once, last. */
  | { readonly type: "usage"; readonly promptTokens: number; readonly completionTokens: number };

/** What a started generator says of itself. */
export interface GeneratorInfo {
  /** Name callers see. */
  readonly modelId: string;
  /** What the model is or is not; repeated wherever it is shown. Null where nobody said. */
  readonly notice: string | null;
  /** Null where it is not known. */
  readonly contextTokens: number | null;
  /** Whether tool definitions and calls are taken. */
  readonly tools: boolean;
}

/**
 * A model that writes. The embedded one runs ONNX in a child process; a remote one speaks to another server. Both
 * mean the same by every number.
 */
export interface Generator {
  readonly info: GeneratorInfo;
  /**
   * Leaving the loop early, or the signal, frees what the generation holds, upstream too.
   * @throws GuardError while iterating: `invalid_request`, `too_large`, `overloaded`, `engine_unavailable`,
   * `upstream_failed`, `deadline_exceeded`, `canceled` or the signal's own
   */
  generate(
    request: GenerationRequest,
    options?: { readonly signal?: AbortSignal },
  ): AsyncIterable<GenerationEvent>;
  /** Idempotent; waits for what is in flight up to its drain time. */
  close(): Promise<void>;
}
