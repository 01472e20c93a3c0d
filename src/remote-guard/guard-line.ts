import { followSignal, GuardError } from "../base/index.js";
import { createOpenRequests, exchange, readJson, withRetries, type Clock, type Line } from "../line/index.js";

/** Of an answer; sixty-four likeliest tokens are some 10 KB. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Asks a server for JSON. */
export interface GuardLine {
  /**
   * @param body what to POST
   * @throws GuardError what `exchange` throws, or what the signal says
   */
  post(path: string, body: object, signal: AbortSignal | undefined): Promise<unknown>;
  /** Whether the server answers a GET at all; one attempt. @throws GuardError when it does not */
  look(path: string, signal: AbortSignal): Promise<void>;
  /** Idempotent. */
  close(drainMs: number): Promise<void>;
}

export function createGuardLine(
  line: Line,
  { retries, clock }: { readonly retries: number; readonly clock: Clock },
): GuardLine {
  const requests = createOpenRequests();
  let closing: Promise<void> | undefined;

  /** A request and the whole of its answer: nothing was learnt from half of one, so it may be asked again. */
  async function attempt(path: string, body: object, signal: AbortSignal): Promise<unknown> {
    using own = followSignal(signal);
    try {
      const answer = await exchange(line, own.controller, path, body);
      return await readJson(answer.chunks, MAX_ANSWER_BYTES);
    } finally {
      own.controller.abort();
    }
  }

  return {
    async post(path, body, caller) {
      using own = requests.open(caller);
      const { signal } = own.controller;
      try {
        return await withRetries(() => attempt(path, body, signal), { retries, clock, signal });
      } catch (error) {
        throw signal.aborted ? reasonOf(signal) : error;
      }
    },
    async look(path, signal) {
      using own = requests.open(signal);
      try {
        await exchange(line, own.controller, path, null);
      } finally {
        own.controller.abort();
      }
    },
    close: (drainMs) => (closing ??= requests.close(drainMs).then(() => line.dispatcher.destroy())),
  };
}

const reasonOf = ({ reason }: AbortSignal): GuardError =>
  reason instanceof GuardError ? reason : new GuardError("canceled", "the caller gave up", { cause: reason });
