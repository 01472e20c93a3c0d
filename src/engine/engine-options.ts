import type { StepReport } from "./protocol.js";

export interface EngineOptions {
  /** Absolute path of a model folder. */
  readonly modelDir: string;
  /** Threads of one matrix product. */
  readonly threads?: number;
  /** Most bytes of keys and values kept for conversations that may go on. */
  readonly cacheBytes?: number;
  /** Most bytes of keys and values kept for policy heads; two stay in any case. */
  readonly headCacheBytes?: number;
  /** Most tokens that may wait; a request beyond is refused as `overloaded`. */
  readonly waitingTokens?: number;
  /** Most new tokens of one run. */
  readonly stepTokens?: number;
  /** How long `close()` waits for requests that were accepted. */
  readonly drainMs?: number;
  /** How long a child may take from its start to its first answer. */
  readonly startTimeoutMs?: number;
  /** How long a child that has work may be silent. */
  readonly stuckMs?: number;
  /** The child's whole environment. It needs none. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gives up while the engine starts; later, `close()` ends it. */
  readonly signal?: AbortSignal;
  /** Called after every step. */
  readonly onStep?: (report: StepReport) => void;
  /** Called when the child's life takes a turn; for the log. */
  readonly onEvent?: (event: EngineEvent) => void;
}

export type EngineEvent =
  | { readonly type: "started"; readonly pid: number; readonly startMs: number }
  | { readonly type: "stuck"; readonly silentMs: number }
  | { readonly type: "ended"; readonly reason: string; readonly restartInMs: number }
  /** What the child or its native runtime wrote; never text of a prompt. */
  | { readonly type: "output"; readonly text: string };

const MIB = 1024 * 1024;

export const ENGINE_DEFAULTS = Object.freeze({
  threads: 2, // two cores is the least this is meant for; a start on more should say so
  cacheBytes: 512 * MIB, // a Llama Guard 2 8B keeps 2,048 tokens in it, a small guard tens of thousands
  headCacheBytes: 512 * MIB, // both heads of a policy of Llama Guard 2 8B take 330 MiB, spare rows included
  waitingTokens: 32_768, // four full contexts of 8,192: one long conversation never fills the queue
  stepTokens: 256, // attention grows with what a step packs, matrix products gain little beyond, and a step cannot be stopped
  drainMs: 10_000, // below the usual 30 s between SIGTERM and SIGKILL
  startTimeoutMs: 300_000, // hashing and loading 16 GB from a slow disk, with some to spare
  stuckMs: 120_000, // a step of an 8B model on two cores takes about 15 s; eight times that
  env: Object.freeze({}),
});
