import type { Redis } from "ioredis";
import { Ajv } from "ajv";
import { packageVersion } from "../../base/index.js";
import type { AuditContext } from "../context.js";
import { identitySha256, type RunIdentity, type RunOptions } from "../run-identity.js";
import { announcementKey, KEEP_MS, RUNS_KEY } from "./queue-keys.js";

/** What a coordinator tells workers of its run. No text of policies crosses: a worker has the same, or refuses. */
export interface Announcement {
  readonly version: string;
  /** SHA-256 of the run's identity. */
  readonly digest: string;
  readonly model: { readonly id: string; readonly sha256: string };
  readonly policies: readonly { readonly id: string; readonly sha256: string }[];
  readonly context: AuditContext;
  readonly scores: RunOptions["scores"];
}

/** An announcement that is not repeated for so long is over. */
const LEASE_MS = 30_000;
/** Lists of more runs than that are not ours. */
const MAX_RUNS = 1_000;
const MAX_BYTES = 1024 * 1024;

const text = { type: "string", maxLength: 1000 };
const sha256 = { type: "string", pattern: "^[0-9a-f]{64}$" };
const object = (properties: Readonly<Record<string, object>>): object => ({
  type: "object",
  required: Object.keys(properties),
  properties,
});
const isAnnouncement = new Ajv({ allowUnionTypes: true }).compile<Announcement>(
  object({
    version: text,
    digest: sha256,
    model: object({ id: text, sha256 }),
    policies: { type: "array", minItems: 1, maxItems: 100, items: object({ id: text, sha256 }) },
    context: { anyOf: [{ enum: ["full", "exchange", "last"] }, { type: "integer", minimum: 0 }] },
    scores: { enum: ["none", "listed", "independent"] },
  }),
);

export const announcementOf = (identity: RunIdentity): Announcement => {
  const { model, policies, options } = identity;
  return {
    version: packageVersion(),
    digest: identitySha256(identity),
    model: { id: model.id, sha256: model.sha256 },
    policies: policies.map(({ id, sha256 }) => ({ id, sha256 })),
    ...{ context: options.context, scores: options.scores },
  };
};

/** To be repeated well within half a minute. */
export async function announce(redis: Redis, run: Announcement): Promise<void> {
  const pipeline = redis.pipeline();
  pipeline.set(announcementKey(run.digest), JSON.stringify(run), "PX", LEASE_MS);
  pipeline.sadd(RUNS_KEY, run.digest);
  pipeline.pexpire(RUNS_KEY, KEEP_MS);
  await pipeline.exec();
}

export async function withdraw(redis: Redis, { digest }: Announcement): Promise<void> {
  await redis.del(announcementKey(digest));
  await redis.srem(RUNS_KEY, digest);
}

/** Runs that somebody coordinates now. What Redis holds is input like any other: what is no announcement is none. */
export async function readAnnouncements(redis: Redis): Promise<Announcement[]> {
  const digests = (await redis.srandmember(RUNS_KEY, MAX_RUNS)).filter((one) => /^[0-9a-f]{64}$/.test(one));
  if (digests.length === 0) return [];
  const found = await redis.mget(digests.map(announcementKey));
  const over = digests.filter((_, at) => found[at] === null);
  if (over.length > 0) await redis.srem(RUNS_KEY, over);
  return found.flatMap((json, at) => {
    const run = json === null || json.length > MAX_BYTES ? null : parse(json);
    return isAnnouncement(run) && run.digest === digests[at] ? [run] : [];
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
