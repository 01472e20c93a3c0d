import { setMaxListeners } from "node:events";
import { setTimeout as sleepMs } from "node:timers/promises";
import type { Job } from "bullmq";
import { GuardError } from "../../base/index.js";
import type { Policy } from "../../policy/index.js";
import { createChunkRunner } from "../create-chunk-runner.js";
import type { Announcement } from "./announcement.js";
import { answersOf, type PieceAnswers } from "./answers.js";
import { MAX_PIECE_BYTES, readPiece } from "./piece.js";
import { announcementKey, keepForNow, PREFIX, queueName, textKey } from "./queue-keys.js";
import type { RedisLine } from "./redis-line.js";
import type { QueueWorkerOptions } from "./worker-options.js";

export interface ServedRun {
  /** What is at work goes back in line. */
  close(): Promise<void>;
}

export interface ServeRunOptions extends Omit<QueueWorkerOptions, "address" | "signal" | "policyOf"> {
  /** The engine stays away: this worker is of no more use. */
  readonly onBroken: (error: unknown) => void;
}

/** A piece that takes one worker after the other with it is given up after so many. */
const MOST_STALLS = 4;
/** What BullMQ says of a job whose lock, or which itself, is gone when its result comes. */
const LOST_LOCK = /^(?:Missing lock|Lock mismatch|Missing key) for job ([\w-]+)/;
const RETRY_MS = 1_000;
const CLOSE_MS = 5_000;

/**
 * Takes pieces of one run. The engine computes in a process of its own, so this one renews its locks however long a
 * piece takes; a worker that is killed or frozen does not, and its piece goes to another. When it wakes its lock is
 * another's, and what it has judged is dropped.
 */
export async function serveRun(
  line: RedisLine,
  run: Announcement,
  policies: readonly Policy[],
  options: ServeRunOptions,
): Promise<ServedRun> {
  const { Worker, WaitingError } = await import("bullmq");
  const { judge, model, concurrency, conversationsInFlight, takeoverMs, onEvent, onBroken } = options;
  const { digest, context, scores } = run;
  const runner = createChunkRunner({
    ...{ judge, model, policies, context, scores, conversationsInFlight },
    keepText: false, // the coordinator has the texts
  });
  const stop = new AbortController();
  const lost = new Set<string>();

  async function work(id: string, signal: AbortSignal): Promise<PieceAnswers> {
    const startMs = performance.now();
    lost.delete(id);
    onEvent({ type: "begins", piece: id });
    const key = textKey(digest, id);
    const bytes = await line.redis.strlen(key);
    const json = bytes > MAX_PIECE_BYTES ? null : await line.redis.get(key);
    if (json === null) throw new PieceFailure("text_gone");
    const entries = readPiece(json);
    if (entries === null) throw new PieceFailure("bad_piece");
    const result = await runner.run({ index: 0, entries }, signal);
    const ms = Math.round(performance.now() - startMs);
    onEvent({ type: "judged", piece: id, rows: result.rows.length, ms });
    return answersOf(result);
  }

  async function giveBack(job: Job, token: string): Promise<never> {
    await job.moveToWait(token).catch(() => {
      throw new PieceFailure("not_returned"); // the lock runs out, and then it is in line as well
    });
    onEvent({ type: "returned", piece: job.id! });
    throw new WaitingError();
  }

  // BullMQ hands over its signal only to a function that names three arguments.
  async function take(job: Job, token: string | undefined, canceled: unknown): Promise<PieceAnswers> {
    const id = job.id!;
    const own = new AbortController();
    setMaxListeners(0, own.signal); // every message in flight listens, and lets go of it
    const end = (): void => own.abort(new GuardError("canceled", "the piece is left to another worker"));
    (canceled as AbortSignal).addEventListener("abort", end, { once: true });
    stop.signal.addEventListener("abort", end, { once: true });
    if (stop.signal.aborted) end();
    try {
      own.signal.throwIfAborted();
      return await work(id, own.signal);
    } catch (error) {
      if (lost.has(id)) throw new PieceFailure("taken_over");
      if (own.signal.aborted) return await giveBack(job, token!);
      if (error instanceof PieceFailure) throw error;
      if (error instanceof GuardError && error.code === "engine_unavailable") {
        onBroken(error);
        return await giveBack(job, token!);
      }
      // What goes to Redis is a code: messages of other errors may quote what people wrote.
      throw new PieceFailure(error instanceof GuardError ? error.code : "internal");
    } finally {
      stop.signal.removeEventListener("abort", end);
    }
  }

  const worker = new Worker(queueName(digest), take, {
    ...{ connection: line.waiting(), prefix: PREFIX, concurrency },
    ...{ lockDuration: takeoverMs, stalledInterval: takeoverMs / 2, maxStalledCount: MOST_STALLS },
    runRetryDelay: RETRY_MS,
    drainDelay: 2,
  });
  const drop = (id: string): void => {
    if (!lost.has(id)) onEvent({ type: "dropped", piece: id });
    lost.add(id);
    worker.cancelJob(id);
  };
  worker.on("lockRenewalFailed", (ids) => ids.forEach(drop));
  worker.on("error", (error) => {
    const id = LOST_LOCK.exec(error.message)?.[1];
    if (id !== undefined) drop(id); // judged, and too late; the line is looked after where runs are
  });

  /** What a worker does to a queue that is gone makes some of its keys anew. */
  async function tidy(): Promise<void> {
    const queue = { toKey: (name: string) => `${PREFIX}:${queueName(digest)}:${name}` };
    await keepForNow(line.redis, queue, []);
    if ((await line.redis.exists(announcementKey(digest))) === 0) await line.redis.del(queue.toKey("meta"));
  }

  return {
    async close() {
      await worker.pause(true); // nothing new is begun
      stop.abort();
      await Promise.race([worker.close(), sleepMs(CLOSE_MS, undefined, { ref: false })]);
      if (line.redis.status === "ready") await tidy().catch(() => undefined);
    },
  };
}

/** Why a piece failed, as a code. */
class PieceFailure extends Error {
  override readonly name = "PieceFailure";
}
