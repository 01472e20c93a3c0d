import { setMaxListeners } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { followSignal, GuardError } from "../base/index.js";
import { lockFile } from "../duckdb/index.js";
import type { LogEntry } from "../logs/index.js";
import { hashFile } from "../model/index.js";
import { cutChunks, type Chunk, type ChunkResult, type ChunkRunner } from "./chunk.js";
import { diskFault } from "./disk-fault.js";
import { finishRun } from "./finish-run.js";
import {
  beginJournal,
  openJournal,
  readJournalHead,
  removeJournal,
  type Journal,
  type JournalEntry,
  type RowTrouble,
  type RunFile,
} from "./journal.js";
import { faultsPartPath, inRun, partPath, RUN_FILES } from "./run-folder.js";
import { identityDifferences, type RunIdentity } from "./run-identity.js";
import { readRunManifest, type RunManifest } from "./run-manifest.js";
import { addTokens, NO_TOKENS } from "./tokens-used.js";
import type { VerdictRow } from "./verdict-row.js";
import { openRunTables, type RunTables } from "./run-tables.js";

export interface AuditRequest {
  /** Absolute path of the run's folder. */
  readonly dir: string;
  readonly identity: RunIdentity;
  /** The same entries in the same order whenever they are read. */
  readonly readEntries: () => AsyncIterable<LogEntry>;
  /** Called when there is something to judge; a run that is finished needs no engine. */
  readonly openRunner: () => Promise<ChunkRunner>;
  /** Chunks that are with the runner at once. */
  readonly chunksInFlight?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (event: AuditEvent) => void;
}

export type AuditEvent =
  /** The run goes on after so many rows. */
  | ({ readonly type: "resumed"; readonly rows: number } & RowTrouble)
  | { readonly type: "chunk"; readonly rows: number; readonly faults: number };

export interface AuditOutcome {
  readonly manifest: RunManifest;
  /** Whether the run was finished before and nothing was done. */
  readonly wasFinished: boolean;
}

/** While one chunk comes to its end the next one keeps the engine busy. */
const CHUNKS_IN_FLIGHT = 2;

/**
 * Judges a log into a folder. Stopped at any moment, in any way, the same call goes on from the last chunk that is in
 * the journal, and what comes out is what an undisturbed run gives.
 *
 * @throws GuardError `invalid_config` when the folder holds another run or something else, another process is at it,
 * or its disk is full; `engine_unavailable` when the engine stays away; what the signal says
 */
export async function runAudit(request: AuditRequest): Promise<AuditOutcome> {
  const { dir, identity } = request;
  const finished = await finishedRun(dir, identity);
  if (finished !== null) return { manifest: finished, wasFinished: true };
  try {
    await mkdir(dir, { recursive: true });
    const lock = await lockFile(inRun(dir, RUN_FILES.lock));
    if (lock === null)
      throw new GuardError(
        "invalid_config",
        `${dir} is being written by another audit that is still running`,
      );
    try {
      const nowFinished = await finishedRun(dir, identity); // by the one that held the lock
      if (nowFinished !== null) return { manifest: nowFinished, wasFinished: true };
      const head = await takeUp(dir, identity);
      const journal = await openJournal(dir, head);
      await using tables = await openRunTables({ spillDir: inRun(dir, `${RUN_FILES.journal}/spill`) });
      await judgeAll(request, journal, tables);
      const manifest = await finishRun({
        dir,
        identity: head.identity,
        tables,
        replayOf: null,
        ...workIn(dir, journal),
      });
      await removeJournal(dir);
      return { manifest, wasFinished: false };
    } finally {
      lock.release();
    }
  } catch (error) {
    throw diskFault(error, dir);
  }
}

async function finishedRun(dir: string, identity: RunIdentity): Promise<RunManifest | null> {
  const manifest = await readRunManifest(dir);
  if (manifest === null) return null;
  refuseOther(dir, manifest, identity);
  await removeJournal(dir); // where a run was stopped between its last two steps
  return manifest;
}

/** The head of the run that is in the folder, or of a new one. */
async function takeUp(dir: string, identity: RunIdentity) {
  const head = await readJournalHead(dir);
  if (head !== null) {
    refuseOther(dir, head.identity, identity);
    return head;
  }
  const ours = new Set<string>([RUN_FILES.lock, RUN_FILES.journal, RUN_FILES.verdicts]);
  const others = (await readdir(dir)).filter(
    (name) => !ours.has(name) && !name.startsWith(`${RUN_FILES.lock}.`),
  );
  if (others.length > 0)
    throw new GuardError("invalid_config", `${dir} holds something else already: name a new folder in --out`);
  return beginJournal(dir, identity);
}

function refuseOther(dir: string, there: RunIdentity, asked: RunIdentity): void {
  const other = identityDifferences(there, asked);
  if (other.length > 0)
    throw new GuardError(
      "invalid_config",
      `${dir} holds another audit, with a difference in ${other.join(", ")}: name another folder in --out, or ` +
        "ask for what it was begun with",
    );
}

async function judgeAll(request: AuditRequest, journal: Journal, tables: RunTables): Promise<void> {
  const { identity, readEntries, openRunner, signal, onProgress } = request;
  const { chunksInFlight = CHUNKS_IN_FLIGHT } = request;
  if (journal.entries.length > 0)
    onProgress?.({
      type: "resumed",
      rows: sumOf(journal, ({ verdicts }) => verdicts?.rows ?? 0),
      unsafe: sumOf(journal, ({ unsafe }) => unsafe),
      failed: sumOf(journal, ({ failed }) => failed),
    });
  const skip = { entries: sumOf(journal, ({ entries }) => entries), chunks: journal.entries.length };
  const chunks = cutChunks(readEntries(), identity.options.chunkTurns, skip);
  using own = followSignal(signal);
  setMaxListeners(0, own.controller.signal); // every message in flight listens, and lets go of it
  const running: { chunk: Chunk; result: Promise<ChunkResult> }[] = [];
  let runner: ChunkRunner | null = null;
  let sinceMs = performance.now();

  const settle = async (): Promise<void> => {
    const { chunk, result } = running[0]!;
    const { rows, faults, conversations, used } = await result;
    own.controller.signal.throwIfAborted();
    const nowMs = performance.now();
    const seconds = (nowMs - sinceMs) / 1000;
    sinceMs = nowMs;
    const { index, entries } = chunk;
    await journal.append({
      ...{ chunk: index, entries: entries.length, conversations, used, seconds, ...troubleIn(rows) },
      verdicts: await written(request.dir, partPath(index), rows, tables.writeVerdicts),
      faults: await written(request.dir, faultsPartPath(index), faults, tables.writeFaults),
    });
    running.shift();
    await runner?.written?.(chunk);
    onProgress?.({ type: "chunk", rows: rows.length, faults: faults.length });
  };

  try {
    for await (const chunk of chunks) {
      own.controller.signal.throwIfAborted();
      runner ??= await openRunner();
      const result = runner.run(chunk, own.controller.signal);
      result.catch(() => undefined); // looked at when its turn comes
      running.push({ chunk, result });
      if (running.length >= chunksInFlight) await settle();
    }
    while (running.length > 0) await settle();
  } catch (error) {
    own.controller.abort(error);
    await Promise.allSettled(running.map(({ result }) => result));
    throw error;
  }
}

const sumOf = ({ entries }: Journal, of: (entry: JournalEntry) => number): number =>
  entries.reduce((sum, entry) => sum + of(entry), 0);

const troubleIn = (rows: readonly VerdictRow[]): RowTrouble => ({
  unsafe: rows.filter(({ verdict }) => verdict === "unsafe").length,
  failed: rows.filter(({ status }) => status === "failed").length,
});

/** What the journal says was done. */
function workIn(dir: string, journal: Journal) {
  const { startedAt, entries } = journal;
  const files = <Key extends "verdicts" | "faults">(key: Key): RunFile[] =>
    entries.flatMap((entry) => entry[key] ?? []);
  return {
    startedAt,
    seconds: sumOf(journal, ({ seconds }) => seconds),
    used: entries.map(({ used }) => used).reduce(addTokens, NO_TOKENS),
    conversations: sumOf(journal, ({ conversations }) => conversations),
    parts: files("verdicts"),
    faultsFiles: files("faults").map(({ path }) => inRun(dir, path)),
  };
}

async function written<T>(
  dir: string,
  path: string,
  rows: readonly T[],
  write: (path: string, rows: readonly T[]) => Promise<void>,
): Promise<RunFile | null> {
  if (rows.length === 0) return null;
  const place = inRun(dir, path);
  await write(place, rows);
  return { path, sha256: await hashFile(place), rows: rows.length };
}
