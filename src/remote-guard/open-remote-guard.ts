import { followSignal, GuardError } from "../base/index.js";
import {
  createAdmission,
  estimateTokens,
  type CallOptions,
  type Engine,
  type EngineGauges,
  type GuardAsk,
} from "../engine/index.js";
import { findModel, openLine, REAL_CLOCK, SERVERS, withRetries, type Line } from "../line/index.js";
import { createScoreAsker } from "./ask-for-scores.js";
import { createWordAsker } from "./ask-for-words.js";
import type { GuardAsker } from "./ask-guard.js";
import { createGrammars } from "./create-grammars.js";
import { describeGuard } from "./describe-guard.js";
import { dialectOf } from "./dialect-of.js";
import { createGuardLine } from "./guard-line.js";
import { openTextThread } from "./open-text-thread.js";
import type { RemoteGuardOptions } from "./remote-guard-options.js";
import { createServerWatch } from "./watch-server.js";

/** A guard that another server runs. Its numbers mean what those of the embedded engine mean. */
export type RemoteGuard = Engine & AsyncDisposable & { gauges(): EngineGauges };

/**
 * Resolves when the server has answered a fixed question with all that is needed.
 *
 * @throws GuardError `invalid_config` for what cannot be right or cannot be had, `bad_model_file` of the tokenizer,
 *   `upstream_failed`, `overloaded` or `deadline_exceeded` when the server does not answer as it should
 */
export async function openRemoteGuard(options: RemoteGuardOptions): Promise<RemoteGuard> {
  const { model, clock = REAL_CLOCK, openText = openTextThread, retries, signal } = options;
  const spoken = dialectOf(options);
  const server = openLine(options);
  const line = createGuardLine(server, { retries, clock });
  const text = await openText(options.tokenizerPath).catch(async (error: unknown) => {
    await line.close(0);
    throw error;
  });
  const watch = createServerWatch({
    look: (own) => line.look(spoken.dialect.healthPath, own),
    sleep: clock.sleep,
    onEvent: (event) => options.onEvent?.(event),
  });
  const admission = createAdmission(options.waitingTokens);
  let inFlight = 0;
  let closing: Promise<void> | undefined;

  async function end(drainMs: number): Promise<void> {
    watch.close();
    await line.close(drainMs);
    await text.close();
  }
  const close = (drainMs: number): Promise<void> => (closing ??= end(drainMs));

  const unavailable = (cause?: unknown): GuardError =>
    closing !== undefined
      ? new GuardError("engine_unavailable", "the connection to the guard is closed", { cause })
      : new GuardError("engine_unavailable", "the guard's server is not answering", {
          retryAfterMs: watch.retryAfterMs,
          cause,
        });

  /** Faults that only a server which is away explains make it one that is looked for. */
  function understood(error: unknown, caller: AbortSignal | undefined): unknown {
    if (caller?.aborted === true || !(error instanceof GuardError)) return error;
    const broke = error.code === "upstream_failed" && error.retryAfterMs !== undefined;
    if (broke || error.code === "deadline_exceeded") watch.lost(error);
    return broke ? unavailable(error) : error;
  }

  async function admit<T>(
    ask: GuardAsk,
    { signal: caller }: CallOptions,
    work: () => Promise<T>,
  ): Promise<T> {
    if (closing !== undefined || (ask.kind === "score" && watch.state !== "ready")) throw unavailable();
    const tokens = estimateTokens(ask);
    admission.enter(tokens);
    inFlight++;
    let computed = false;
    try {
      const answer = await work();
      computed = ask.kind === "score";
      return answer;
    } catch (error) {
      throw understood(error, caller);
    } finally {
      inFlight--;
      admission.leave(tokens, computed);
    }
  }

  try {
    const contextTokens = await contextOf(server, options);
    const deps = { line, text, model, contextTokens, grammarOf: createGrammars(text) };
    const asker: GuardAsker =
      spoken.verdicts === "scores"
        ? createScoreAsker({ ...deps, dialect: spoken.dialect })
        : createWordAsker({ ...deps, dialect: spoken.dialect });
    await asker.prove(signal === undefined ? {} : { signal });
    const shut = (): Promise<void> => close(options.drainMs);
    return {
      info: describeGuard(options, text.vocabulary, contextTokens),
      get state() {
        return watch.state;
      },
      score: (request, own = {}) => admit({ kind: "score", request }, own, () => asker.score(request, own)),
      count: (texts, own = {}) =>
        admit({ kind: "count", texts }, own, () => text.ask({ kind: "count", texts }, own)),
      split: (request, own = {}) =>
        admit({ kind: "split", request }, own, () => text.ask({ kind: "split", request }, own)),
      gauges: () => ({
        waitingTokens: admission.waitingTokens,
        inFlight,
        restarts: watch.losses,
        state: watch.state,
      }),
      close: shut,
      [Symbol.asyncDispose]: shut,
    };
  } catch (error) {
    await close(0);
    throw error;
  }
}

/**
 * Tokens of the context: what the server says, or less where the settings want less.
 * @throws GuardError `invalid_config` when neither says, or the settings want more than there is
 */
async function contextOf(line: Line, options: RemoteGuardOptions): Promise<number> {
  const { server, model, contextTokens: wanted, retries, clock = REAL_CLOCK } = options;
  using own = followSignal(options.signal);
  const { controller } = own;
  const find = (): Promise<number | null> => findModel(line, SERVERS[server], model, controller);
  const there = await withRetries(find, { retries, clock, signal: controller.signal }).finally(() =>
    controller.abort(),
  );
  if (wanted === null && there === null)
    throw new GuardError(
      "invalid_config",
      `${SERVERS[server].title} does not say how long its context is: set PORTCULLIS_GUARD_CONTEXT_TOKENS to what it runs with`,
    );
  if (wanted !== null && there !== null && wanted > there)
    throw new GuardError(
      "invalid_config",
      `PORTCULLIS_GUARD_CONTEXT_TOKENS is ${String(wanted)}, and the server's context holds ${String(there)}`,
    );
  return wanted ?? there!;
}
