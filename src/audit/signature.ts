import { createHash } from "node:crypto";
import type { VerdictRow } from "./verdict-row.js";

/** How many rows came to what. */
export interface VerdictCounts {
  /** Messages judged, or that should have been; each counts once for every policy below. */
  readonly turns: number;
  readonly rows: number;
  readonly judged: number;
  readonly unsafe: number;
  readonly failed: number;
  readonly notJudged: number;
  /** Not judged because parts that are no text were all there was. */
  readonly unread: number;
}

/** Adds up rows in order: to counts, and to the signature of all verdicts. */
export interface Tally {
  add(rows: readonly VerdictRow[]): void;
  /** Once, at the end. */
  finish(): { readonly counts: VerdictCounts; readonly signature: string };
}

/**
 * The signature says what was decided about what, by which policy and model: equal runs have equal ones, however they
 * were cut into chunks and interrupted. Scores stay out of it: what else a step computes moves them in the fifth
 * decimal place.
 */
export function createTally(): Tally {
  const hash = createHash("sha256");
  const counts = { turns: 0, rows: 0, judged: 0, unsafe: 0, failed: 0, notJudged: 0, unread: 0 };
  let last: VerdictRow | null = null;
  return {
    add(rows) {
      for (const row of rows) {
        hash.update(`${JSON.stringify(signed(row))}\n`);
        counts.rows += 1;
        if (last?.turn !== row.turn || last.conversation !== row.conversation) counts.turns += 1;
        last = row;
        if (row.status === "judged") counts.judged += 1;
        if (row.verdict === "unsafe") counts.unsafe += 1;
        if (row.status === "failed") counts.failed += 1;
        if (row.status === "not_judged") counts.notJudged += 1;
        if (row.error === "unread_parts") counts.unread += 1;
      }
    },
    finish: () => ({ counts, signature: hash.digest("hex") }),
  };
}

const signed = (row: VerdictRow): readonly unknown[] => [
  row.conversation,
  row.turn,
  row.role,
  row.policy,
  row.policySha256,
  row.modelSha256,
  row.status,
  row.verdict,
  row.action,
  row.violated,
  row.error,
  row.contentSha256,
  row.contextSha256,
];
