import type { Frame } from "../log-record.js";
import { parseRecord } from "../parse-record.js";
import { createLineFrame } from "./line-frame.js";
import { createTableFrame } from "./table-frame.js";
import { createValueFrame } from "./value-frame.js";

/** How much of a log may be looked at before its frame is chosen. */
const MOST_LOOKED_AT = 1024 * 1024;

/** Whether the first line that is not blank is there, or as much as one looks at. */
export const isEnoughToChoose = (head: Uint8Array): boolean =>
  head.length >= MOST_LOOKED_AT || /\S[^\n]*\n/.test(latin(head));

/**
 * Chooses by name where the name says it, else by the first line: JSON lines, JSON over many lines, or a table.
 * @param name of the log, packed or not
 * @param head its first bytes, unpacked
 */
export function chooseFrame(name: string, head: Uint8Array, maxLineBytes: number): Frame {
  const kind = /\.(\w+)(?:\.gz|\.zst)?$/i.exec(name)?.[1]?.toLowerCase();
  if (kind === "jsonl" || kind === "ndjson") return createLineFrame(maxLineBytes);
  if (kind === "csv") return createTableFrame(maxLineBytes, null);
  if (kind === "tsv") return createTableFrame(maxLineBytes, "\t");
  const [line = ""] = latin(head).trimStart().split("\n", 1);
  if (!/^[[{]/.test(line))
    return kind === "json" ? createLineFrame(maxLineBytes) : createTableFrame(maxLineBytes, null);
  if (isJson(line)) return createLineFrame(maxLineBytes);
  // Printed over many lines, or an array too long to be looked at.
  const isSpread = /^[[{\s]*$/.test(line) || line.startsWith("[") || kind === "json";
  return isSpread ? createValueFrame(maxLineBytes) : createLineFrame(maxLineBytes);
}

/** A character a byte: only brackets and line ends are looked for. */
const latin = (head: Uint8Array): string =>
  Buffer.from(head)
    .toString("latin1")
    .replace(/^\xef\xbb\xbf/, "");

function isJson(line: string): boolean {
  try {
    parseRecord(Buffer.from(line, "latin1"));
    return true;
  } catch {
    return false;
  }
}
