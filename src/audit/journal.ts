import { open, mkdir, readFile, rm } from "node:fs/promises";
import { hashFile } from "../model/index.js";
import { putInPlace, sync } from "./durable.js";
import { inRun, RUN_FILES } from "./run-folder.js";
import type { RunIdentity } from "./run-identity.js";
import type { TokensUsed } from "./tokens-used.js";

/** A file of a run and what it must be. */
export interface RunFile {
  /** Below the run's folder, with `/`. */
  readonly path: string;
  readonly sha256: string;
  readonly rows: number;
}

/** Rows that whoever watches a run wants to hear of. */
export interface RowTrouble {
  readonly unsafe: number;
  readonly failed: number;
}

/** A chunk that is done: its files are in place. */
export interface JournalEntry extends RowTrouble {
  readonly chunk: number;
  /** Entries of the log in it. */
  readonly entries: number;
  readonly conversations: number;
  readonly used: TokensUsed;
  /** Of wall time since the entry before, or since the audit was taken up again. */
  readonly seconds: number;
  /** Null for a chunk without a turn, and without a fault. */
  readonly verdicts: RunFile | null;
  readonly faults: RunFile | null;
}

export interface Journal {
  readonly startedAt: string;
  readonly entries: readonly JournalEntry[];
  /** Returns when the disk has it. */
  append(entry: JournalEntry): Promise<void>;
}

const HEAD = `${RUN_FILES.journal}/run.json`;
const CHUNKS = `${RUN_FILES.journal}/chunks.jsonl`;

interface JournalHead {
  readonly startedAt: string;
  readonly identity: RunIdentity;
}

/** What an unfinished run in the folder was asked; null where there is none. */
export async function readJournalHead(dir: string): Promise<JournalHead | null> {
  const text = await readFile(inRun(dir, HEAD), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as JournalHead); // put in place whole, by us
}

export async function beginJournal(dir: string, identity: RunIdentity): Promise<JournalHead> {
  const head = { startedAt: new Date().toISOString(), identity };
  for (const folder of [RUN_FILES.verdicts, RUN_FILES.journal])
    await mkdir(inRun(dir, folder), { recursive: true });
  await putInPlace(inRun(dir, HEAD), (unfinished) => writeText(unfinished, JSON.stringify(head)));
  return head;
}

/**
 * Opens the journal of a begun run. It is believed up to the first entry that is torn or whose files are not what it
 * says; the rest is cut off, and those chunks are judged again.
 */
export async function openJournal(dir: string, { startedAt }: JournalHead): Promise<Journal> {
  const path = inRun(dir, CHUNKS);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const entries: JournalEntry[] = [];
  const kept: string[] = [];
  for (const line of text.split("\n").slice(0, -1)) {
    const entry = parseEntry(line);
    if (entry?.chunk !== entries.length || !(await hasFiles(dir, entry))) break;
    entries.push(entry);
    kept.push(`${line}\n`);
  }
  if (kept.join("") !== text) await putInPlace(path, (unfinished) => writeText(unfinished, kept.join("")));

  return {
    startedAt,
    entries,
    async append(entry) {
      const handle = await open(path, "a");
      try {
        await handle.writeFile(`${JSON.stringify(entry)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (entries.length === 0) await sync(inRun(dir, RUN_FILES.journal));
      entries.push(entry);
    },
  };
}

export const removeJournal = (dir: string): Promise<void> =>
  rm(inRun(dir, RUN_FILES.journal), { recursive: true, force: true });

/** Null for what a write that was cut short left. */
function parseEntry(line: string): JournalEntry | null {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return null;
  }
}

async function hasFiles(dir: string, { verdicts, faults }: JournalEntry): Promise<boolean> {
  for (const file of [verdicts, faults]) {
    if (file === null) continue;
    const sha256 = await hashFile(inRun(dir, file.path)).catch(() => null);
    if (sha256 !== file.sha256) return false;
  }
  return true;
}

async function writeText(path: string, text: string): Promise<void> {
  const handle = await open(path, "w");
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}
