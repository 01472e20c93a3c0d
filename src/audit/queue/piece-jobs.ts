import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { KEEP_MS, PREFIX, queueName, textKey } from "./queue-keys.js";

/** How a piece stands. */
export type PieceState =
  /** Redis does not know it: it was restarted, say. */
  | { readonly type: "gone" }
  | { readonly type: "waiting" }
  | { readonly type: "failed"; readonly reason: string }
  | { readonly type: "answered"; readonly answers: unknown };

/** Pieces of one run as jobs of BullMQ. Their texts lie beside the jobs, under keys that go by themselves. */
export interface PieceJobs {
  readonly queue: Queue;
  /** Once or more often comes to the same. */
  put(id: string, bytes: Buffer): Promise<void>;
  look(id: string): Promise<PieceState>;
  /** Nobody needs the text any more; the answers stay. */
  forgetText(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Answers go through the stream of events as well, which nobody here reads. */
const EVENTS = 1;

/** @param digest of the run */
export async function openPieceJobs(redis: Redis, digest: string): Promise<PieceJobs> {
  const { Queue } = await import("bullmq"); // heavy, and other commands do without
  const queue = new Queue(queueName(digest), {
    ...{ connection: redis, prefix: PREFIX },
    streams: { events: { maxLen: EVENTS } },
    defaultJobOptions: { attempts: 1, stackTraceLimit: 1, keepLogs: 0 },
  });
  queue.on("error", () => undefined); // whoever asks something hears of it
  await queue.resume(); // where a coordinator was stopped while it cleared up
  return {
    queue,
    async put(id, bytes) {
      await redis.set(textKey(digest, id), bytes, "PX", KEEP_MS);
      await queue.add("piece", {}, { jobId: id });
    },
    async look(id) {
      const job = await queue.getJob(id);
      if (job === undefined) return { type: "gone" };
      if (job.finishedOn === undefined) return { type: "waiting" };
      return job.failedReason
        ? { type: "failed", reason: job.failedReason }
        : { type: "answered", answers: job.returnvalue as unknown };
    },
    async forgetText(id) {
      await redis.del(textKey(digest, id));
    },
    async remove(id) {
      await redis.del(textKey(digest, id));
      await queue.remove(id); // 0 for one that a worker has just taken again: the end of the run takes it away
    },
  };
}
