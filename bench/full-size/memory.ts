import { readFileSync } from "node:fs";

/** Processes that a process started, and what these started. */
export function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8");
  return children
    .split(" ")
    .filter((text) => text.trim() !== "")
    .map(Number)
    .flatMap((child) => [child, ...descendants(child)]);
}

/** MiB a process has in memory: all of it, and what is its own rather than mapped from files. Linux only. */
export function memoryOf(pid: number): { residentMiB: number; ownMiB: number } {
  const rollup = readFileSync(`/proc/${String(pid)}/smaps_rollup`, "utf8");
  const mib = (field: string): number =>
    Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1]) / 1024);
  return { residentMiB: mib("Rss"), ownMiB: mib("Anonymous") };
}
