import type { LineEvent } from "./wait-out-redis.js";

/** Why a worker leaves a run to others: a closed list, since it comes out of Redis. */
export const REFUSAL_REASONS = ["version", "model", "policy"] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What a coordinator has to say of its queue. */
export type CoordinatorEvent =
  | LineEvent
  /** Pieces wait and no worker takes them; workers that look on say why. */
  | { readonly type: "unserved"; readonly forMs: number; readonly refusals: readonly RefusalReason[] }
  /** A piece was lost with a worker, or failed there, and is put in line again. */
  | { readonly type: "again"; readonly piece: string; readonly reason: string };

/** What a worker has to say. */
export type WorkerEvent =
  | LineEvent
  | { readonly type: "serves"; readonly run: string }
  | { readonly type: "leaves"; readonly run: string }
  | {
      readonly type: "refuses";
      readonly run: string;
      readonly reason: RefusalReason;
      readonly wanted: string;
    }
  | { readonly type: "begins"; readonly piece: string }
  | { readonly type: "judged"; readonly piece: string; readonly rows: number; readonly ms: number }
  /** Given back, for another worker or this one. */
  | { readonly type: "returned"; readonly piece: string }
  /** Another worker took the piece over while this one was silent. */
  | { readonly type: "dropped"; readonly piece: string };
