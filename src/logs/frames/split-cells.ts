import { Unreadable } from "../unreadable.js";

export type Delimiter = "," | ";" | "\t" | "|";

/** The delimiter that a header row uses most; a comma where it uses none. */
export function delimiterOf(header: string): Delimiter {
  const bare = header.replace(/"(?:[^"]|"")*"/g, "");
  let most: Delimiter = ",";
  for (const one of [";", "\t", "|"] as const)
    if (bare.split(one).length > bare.split(most).length) most = one;
  return most;
}

/**
 * The cells of one row (RFC 4180): a cell that begins with a quote ends with one, and holds quotes doubled.
 * @throws Unreadable `broken_table`
 */
export function splitCells(row: string, delimiter: Delimiter): string[] {
  const cells: string[] = [];
  for (let at = 0; ; at += 1) {
    if (row[at] !== '"') {
      const end = row.indexOf(delimiter, at);
      if (end < 0) return [...cells, row.slice(at)];
      cells.push(row.slice(at, end));
      at = end;
      continue;
    }
    let end = row.indexOf('"', at + 1);
    while (end >= 0 && row[end + 1] === '"') end = row.indexOf('"', end + 2);
    if (end < 0) throw new Unreadable("broken_table", "a quote that is never closed");
    cells.push(row.slice(at + 1, end).replaceAll('""', '"'));
    at = end + 1;
    if (at >= row.length) return cells;
    if (row[at] !== delimiter) throw new Unreadable("broken_table", "text after a closing quote");
  }
}
