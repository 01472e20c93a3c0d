import { createHash } from "node:crypto";
import { setTimeout as sleepMs } from "node:timers/promises";
import { followSignal, GuardError, mapInOrder } from "../../base/index.js";
import type { ChunkResult, ChunkRunner } from "../chunk.js";
import type { RunIdentity } from "../run-identity.js";
import { createSlots } from "../slots.js";
import { addTokens, NO_TOKENS } from "../tokens-used.js";
import type { VerdictRow } from "../verdict-row.js";
import { announcementOf } from "./announcement.js";
import { rowsOf } from "./answers.js";
import { holdLease } from "./hold-lease.js";
import { cutPieces, writePiece, type Piece } from "./piece.js";
import { openPieceJobs } from "./piece-jobs.js";
import type { QueueAddress } from "./queue-address.js";
import type { CoordinatorEvent } from "./queue-event.js";
import { openRedisLine } from "./redis-line.js";
import { createRedisPatience } from "./wait-out-redis.js";

export interface QueueRunnerOptions {
  readonly address: QueueAddress;
  readonly identity: RunIdentity;
  /** Pieces that are in Redis at once. */
  readonly piecesInFlight: number;
  /** How long Redis may be away, or no worker be there, ms. */
  readonly patienceMs: number;
  /** Hears of every row when its piece is answered. */
  readonly onRow?: (row: VerdictRow) => void;
  readonly onEvent: (event: CoordinatorEvent) => void;
}

export interface QueueRunner extends ChunkRunner {
  /** Takes everything of the run out of Redis, as far as Redis can be reached. Idempotent. */
  close(): Promise<void>;
}

const LOOK_MS = 200;
/** A piece that was lost or failed so often takes its workers with it. */
const ATTEMPTS = 3;
const CLOSE_MS = 5_000;

/**
 * Judges chunks with workers elsewhere. A piece is put in line under a name that follows from the run and its content,
 * so that it is there once however often it is put, and who takes up a run finds what was judged meanwhile. What
 * counts is the answer that Redis holds under that name; nothing here is told to, all is looked at, so that a message
 * that is lost is lost to nobody.
 *
 * @throws GuardError `engine_unavailable` where no Redis answers, `invalid_config` where it refuses
 */
export async function openQueueRunner(options: QueueRunnerOptions): Promise<QueueRunner> {
  const { address, identity, piecesInFlight, patienceMs, onRow, onEvent } = options;
  const { policies, model } = identity;
  const { context, keepText } = identity.options;
  const announcement = announcementOf(identity);
  const line = await openRedisLine(address);
  const patiently = createRedisPatience(line, patienceMs, onEvent);
  const jobs = await openPieceJobs(line.redis, announcement.digest);
  const slots = createSlots(piecesInFlight);
  /** Pieces that are in Redis or may be. */
  const kept = new Set<string>();
  const ofChunk = new Map<number, string[]>();
  let waiting = 0;
  const lease = holdLease({
    ...{ line, queue: jobs.queue, announcement, patienceMs, onEvent },
    ids: () => kept,
    isWaiting: () => waiting > 0,
  });

  async function judge(piece: Piece, name: string, signal: AbortSignal) {
    const bytes = writePiece(piece);
    const id = `${name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`;
    kept.add(id);
    for (let attempt = 1; ; attempt++) {
      const answered = await answerTo(id, bytes, signal);
      if (answered.type === "answered") {
        await patiently(() => jobs.forgetText(id), signal);
        const { rows, used } = rowsOf(answered.answers, { piece, policies, context, model, keepText });
        rows.forEach((row) => onRow?.(row));
        return { id, rows, used };
      }
      const reason = knownReason(answered.reason);
      if (attempt === ATTEMPTS)
        throw new GuardError(
          "engine_unavailable",
          `part ${name} of the logs failed with ${String(ATTEMPTS)} workers (${reason}); what is judged is kept`,
        );
      onEvent({ type: "again", piece: name, reason });
      await patiently(() => jobs.remove(id), signal);
    }
  }

  async function answerTo(id: string, bytes: Buffer, signal: AbortSignal) {
    await patiently(() => jobs.put(id, bytes), signal);
    for (;;) {
      const state = await patiently(() => jobs.look(id), signal);
      if (state.type === "answered" || state.type === "failed") return state;
      if (state.type === "gone") await patiently(() => jobs.put(id, bytes), signal);
      await sleepMs(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  async function run(...[{ index, entries }, signal]: Parameters<ChunkRunner["run"]>): Promise<ChunkResult> {
    const conversations = entries.filter((entry) => entry.type === "conversation");
    const pieces = cutPieces(conversations);
    using own = followSignal(signal);
    using late = followSignal(lease.over);
    const end = (): void => own.controller.abort(late.controller.signal.reason);
    late.controller.signal.addEventListener("abort", end);
    if (late.controller.signal.aborted) end();
    const judged = await mapInOrder([...pieces.entries()], Math.max(1, pieces.length), ([at, piece]) =>
      slots.hold(async () => {
        waiting += 1;
        try {
          return await judge(piece, `${String(index)}-${String(at)}`, own.controller.signal);
        } finally {
          waiting -= 1;
        }
      }),
    );
    ofChunk.set(
      index,
      judged.map(({ id }) => id),
    );
    return {
      rows: judged.flatMap(({ rows }) => rows),
      faults: entries.filter((entry) => entry.type === "fault"),
      conversations: conversations.length,
      used: judged.map(({ used }) => used).reduce(addTokens, NO_TOKENS),
    };
  }

  function written({ index }: { readonly index: number }): Promise<void> {
    for (const id of ofChunk.get(index) ?? []) {
      // Not waited for: Redis may be away, and the end of the run takes away what is left.
      void jobs.remove(id).catch(() => undefined);
      kept.delete(id);
    }
    ofChunk.delete(index);
    return Promise.resolve();
  }

  async function clear(): Promise<void> {
    await lease.end();
    for (const id of kept) await jobs.forgetText(id);
    await jobs.queue.obliterate({ force: true });
    await jobs.queue.close();
  }

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const cleared = line.redis.status === "ready" ? clear() : lease.end();
    await Promise.race([cleared.catch(() => undefined), sleepMs(CLOSE_MS, undefined, { ref: false })]);
    line.close();
  };
  return { run, written, close: () => (closing ??= close()) };
}

/** Reasons come out of Redis: only those that this program or BullMQ gives are repeated. */
const knownReason = (reason: string): string =>
  /stalled/.test(reason) ? "lost with their workers" : /^[a-z_]{1,40}$/.test(reason) ? reason : "failed";
