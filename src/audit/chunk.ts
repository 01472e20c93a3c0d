import type { LogEntry, LogFault } from "../logs/index.js";
import type { TokensUsed } from "./tokens-used.js";
import type { VerdictRow } from "./verdict-row.js";

/**
 * A run of entries of a log that is judged, written and entered in the journal as one. Plain data: it can go to
 * another process and its result come back.
 */
export interface Chunk {
  /** From 0; with the run's identity it names the chunk's result, however often and wherever it is made. */
  readonly index: number;
  readonly entries: readonly LogEntry[];
}

export interface ChunkResult {
  /** In the order of the entries, of the turns of each and of the policies. */
  readonly rows: readonly VerdictRow[];
  readonly faults: readonly LogFault[];
  readonly conversations: number;
  readonly used: TokensUsed;
}

/** Judges a chunk, here or elsewhere. The same chunk gives the same result. */
export interface ChunkRunner {
  /** @throws GuardError when nothing can be judged for now; a turn that cannot be judged is a row that says so */
  run(chunk: Chunk, signal: AbortSignal): Promise<ChunkResult>;
  /** The disk has the chunk's result: what is kept of it elsewhere may go. */
  written?(chunk: Chunk): Promise<void>;
}

/** Entries that fill a chunk even when they hold no turn, so that a log of nothing but faults is cut as well. */
const MAX_ENTRIES = 10_000;
/** Text of a chunk, in UTF-16 units: a few chunks are in memory at a time. */
const MAX_TEXT = 16 * 1024 * 1024;

/**
 * Cuts entries into chunks; where the cuts are depends on the entries alone.
 * @param turns a chunk is full when it has so many messages
 * @param skip what is done: entries that are passed over, and the index of the first chunk after them
 */
export async function* cutChunks(
  entries: AsyncIterable<LogEntry>,
  turns: number,
  skip: { readonly entries: number; readonly chunks: number },
): AsyncGenerator<Chunk> {
  let { chunks: index, entries: toSkip } = skip;
  let open: LogEntry[] = [];
  let size = { turns: 0, text: 0 };
  for await (const entry of entries) {
    if (toSkip-- > 0) continue;
    open.push(entry);
    if (entry.type === "conversation")
      size = {
        turns: size.turns + entry.turns.length,
        text: entry.turns.reduce((sum, { content }) => sum + content.length, size.text),
      };
    if (size.turns < turns && size.text < MAX_TEXT && open.length < MAX_ENTRIES) continue;
    yield { index: index++, entries: open };
    [open, size] = [[], { turns: 0, text: 0 }];
  }
  if (open.length > 0) yield { index, entries: open };
}
