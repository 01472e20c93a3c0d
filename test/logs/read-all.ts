import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  readLogs,
  type LogEntry,
  type LogFault,
  type LoggedConversation,
  type LogOptions,
} from "../../src/logs/index.js";

export const spillIn = (dir: string): string => join(dir, "spill");

/** All entries of logs in a folder, which holds the spill folder too. */
export async function readAll(
  dir: string,
  names: readonly string[],
  options: Partial<LogOptions> = {},
): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of readLogs(
    names.map((name) => (name === "-" || name.includes("://") ? name : join(dir, name))),
    { spillDir: spillIn(dir), ...options },
  ))
    entries.push(entry);
  return entries;
}

/** Writes a log; values that are no text or bytes become lines of JSON. */
export function writeLog(dir: string, name: string, content: string | Uint8Array | readonly unknown[]): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  const isLines = Array.isArray(content);
  writeFileSync(
    join(dir, name),
    isLines ? content.map((line) => `${JSON.stringify(line)}\n`).join("") : (content as string | Uint8Array),
  );
}

export const conversationsIn = (entries: readonly LogEntry[]): LoggedConversation[] =>
  entries.filter((entry) => entry.type === "conversation");

export const faultsIn = (entries: readonly LogEntry[]): LogFault[] =>
  entries.filter((entry) => entry.type === "fault");

/** `u:`, `a:`, `s:` or `t:` and the text, and a plus for each part that was not read. */
export const said = ({ turns }: LoggedConversation): string[] =>
  turns.map(({ role, content, unreadParts }) => `${role[0]!}:${content}${"+".repeat(unreadParts)}`);

export const recordsOf = (entries: readonly LogEntry[]): number =>
  entries.reduce((sum, { records }) => sum + records, 0);
