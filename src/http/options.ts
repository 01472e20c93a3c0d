import type { RequestHandler } from "express";
import type { ChatGate, ChatGateOptions } from "../chat/index.js";
import type { ApiKey } from "../config/index.js";
import type { Engine } from "../engine/index.js";
import type { Generator } from "../generation/index.js";
import type { Guard } from "../guard/index.js";
import type { PolicyRegistry } from "../policy/index.js";
import type { Failure } from "./problem.js";

export interface HttpOptions {
  readonly guard: Guard;
  readonly engine: Pick<Engine, "info" | "state">;
  readonly policies: PolicyRegistry;
  /** Id of the policy for requests that name none. */
  readonly defaultPolicy: string;
  /** Who may call; empty lets everyone in. */
  readonly keys: readonly ApiKey[];
  readonly limits: HttpLimits;
  /** Guarded generation; null where no generator is set up. */
  readonly chat?: ChatServing | null;
  /** Answers `GET /metrics`; null for no such path. */
  readonly metrics: RequestHandler | null;
  /** Whether `/metrics` asks for a key as well; without keys nothing does. */
  readonly metricsNeedKey: boolean;
  /** Version of this software, for `GET /`. */
  readonly version: string;
  /** Hears of every answer of 500 and above, for the log. */
  readonly onFailure: (failure: Failure) => void;
}

export interface ChatServing {
  readonly gate: ChatGate;
  readonly generator: Pick<Generator, "info">;
  readonly options: Pick<ChatGateOptions, "before" | "stream" | "failOpen" | "checkDeadlineMs">;
  readonly limits: ChatLimits;
}

export interface ChatLimits {
  /** From a complete request to the end of its answer. */
  readonly deadlineMs: number;
  /** Longest silence of a stream before a sign of life. */
  readonly keepAliveMs: number;
  /** Longest time a reader may take nothing. */
  readonly stallMs: number;
}

export interface HttpLimits {
  readonly bodyBytes: number;
  /** Brackets that may be open at once in a body. */
  readonly jsonDepth: number;
  /** Texts of one `/v1/moderations` request that are with the guard at once; at most 256 may come. */
  readonly textsInFlight: number;
  /** From a complete request to its answer. */
  readonly deadlineMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = Object.freeze({
  bodyBytes: 256 * 1024, // a context of 8,192 tokens is about 32 KiB of English; eight times that
  jsonDepth: 32, // a request needs 4; the rest is kindness to fields that are ignored
  textsInFlight: 4, // fills the engine's steps; with two versions of each, eight full contexts are the most
  deadlineMs: 30_000, // a full context takes an 8B model some seconds; who waits longer has given up
});
