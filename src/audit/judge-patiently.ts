import { setTimeout as sleepMs } from "node:timers/promises";
import { GuardError, type ErrorCode } from "../base/index.js";
import type { Engine } from "../engine/index.js";
import type { Examination, Examiner, ModerationRequest } from "../guard/index.js";
import { createGate } from "./gate.js";

/** Passes by waiting: the queue is full. */
const BUSY: ReadonlySet<ErrorCode> = new Set(["overloaded", "rate_limited"]);
/** May be this very message's doing, or nobody's: tried again, but not for ever. */
const BROKEN: ReadonlySet<ErrorCode> = new Set([
  "engine_unavailable",
  "upstream_failed",
  "deadline_exceeded",
]);

export interface PatienceOptions {
  /** Times that a message may see the engine break before it counts as failed. */
  readonly attempts?: number;
  /** How long the queue may stay full, or the engine away, ms. */
  readonly patienceMs?: number;
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface PatientJudge {
  /**
   * @throws TurnFailure when there is no verdict on this message; anything else ends the audit: `engine_unavailable`
   * when the engine stays away, or what the signal says
   */
  examine(request: ModerationRequest, signal: AbortSignal): Promise<Examination>;
}

/** There is no verdict on one message, and the audit goes on. */
export class TurnFailure extends Error {
  override readonly name = "TurnFailure";
  constructor(
    readonly code: ErrorCode | "internal",
    cause: unknown,
  ) {
    super(`no verdict: ${code}`, { cause });
  }
}

const DEFAULTS = Object.freeze({
  attempts: 3,
  patienceMs: 600_000, // a 70B model takes minutes to load again
  now: () => performance.now(),
  sleep: async (ms: number, signal: AbortSignal) => void (await sleepMs(ms, undefined, { signal })),
});
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/**
 * A judge that waits out a full queue and an engine that starts again. Everything that was with the engine when it
 * broke is asked again one by one: what breaks it breaks it alone then, and takes no other message with it.
 */
export function createPatientJudge(
  examiner: Examiner,
  engine: Pick<Engine, "state">,
  options: PatienceOptions = {},
): PatientJudge {
  const { attempts, patienceMs, now, sleep } = { ...DEFAULTS, ...options };
  const gate = createGate();

  async function untilReady(signal: AbortSignal): Promise<void> {
    const sinceMs = now();
    while (engine.state !== "ready") {
      if (engine.state === "closed" || now() - sinceMs > patienceMs)
        throw new GuardError(
          "engine_unavailable",
          "the engine stays away; what is judged is kept, and the same command goes on from there",
        );
      await sleep(FIRST_PAUSE_MS, signal);
    }
  }

  async function examine(request: ModerationRequest, signal: AbortSignal): Promise<Examination> {
    let broken = 0;
    let pauseMs = FIRST_PAUSE_MS;
    let busySinceMs: number | null = null;
    for (;;) {
      signal.throwIfAborted();
      const ask = async (): Promise<Examination | GuardError> => {
        await untilReady(signal);
        return await examiner.examine(request, { signal }).catch(failureOf);
      };
      const answer = await (broken > 0 ? gate.alone(ask) : gate.beside(ask));
      if (!(answer instanceof GuardError)) return answer;
      signal.throwIfAborted();
      if (BUSY.has(answer.code)) {
        busySinceMs ??= now();
        if (now() - busySinceMs > patienceMs) throw new TurnFailure(answer.code, answer);
        await sleep(Math.max(pauseMs, answer.retryAfterMs ?? 0), signal);
        pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
      } else if (BROKEN.has(answer.code) && ++broken < attempts) busySinceMs = null;
      else throw new TurnFailure(answer.code, answer);
    }
  }

  return { examine };
}

function failureOf(error: unknown): GuardError {
  if (error instanceof GuardError) return error;
  throw new TurnFailure("internal", error);
}
