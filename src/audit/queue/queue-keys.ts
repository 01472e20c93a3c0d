import type { Queue } from "bullmq";
import type { Redis } from "ioredis";

/** Everything of ours in Redis begins with it, for access rules such as `~portcullis:*`. */
export const PREFIX = "portcullis";

/** Digests of the runs that are announced. */
export const RUNS_KEY = `${PREFIX}:audits`;

/** BullMQ's name for the queue of a run; one queue a run, so that a worker takes only from those it can serve. */
export const queueName = (digest: string): string => `audit-${digest}`;

const ofRun = (digest: string, what: string): string => `${PREFIX}:${queueName(digest)}:${what}`;

/** What the run is, while its coordinator lives. */
export const announcementKey = (digest: string): string => ofRun(digest, "run");
/** There while a worker serves the run. */
export const servedKey = (digest: string): string => ofRun(digest, "served");
/** There while a worker refuses the run for this reason. */
export const refusedKey = (digest: string, reason: string): string => ofRun(digest, `refused:${reason}`);
/** Texts of a piece; the job itself holds none. */
export const textKey = (digest: string, id: string): string => ofRun(digest, `text:${id}`);

/** How long what belongs to a run stays when its coordinator is gone. */
export const KEEP_MS = 3_600_000;

/** BullMQ's own keys of a queue that it keeps for ever; they hold ids and counts. */
const LISTS = ["wait", "active", "completed", "failed", "stalled", "meta", "events", "id", "marker", "pc"];

/** Lets everything of a run's queue go when nobody says this again within {@link KEEP_MS}. */
export async function keepForNow(
  redis: Redis,
  queue: Pick<Queue, "toKey">,
  ids: Iterable<string>,
): Promise<void> {
  const pipeline = redis.pipeline();
  for (const name of [...LISTS, ...ids]) pipeline.pexpire(queue.toKey(name), KEEP_MS);
  await pipeline.exec();
}
