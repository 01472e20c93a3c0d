import { readFileSync } from "node:fs";

/** A process, those it started, and what these started. Linux only, as all of this file. */
export const processTree = (pid: number): number[] => [pid, ...descendants(pid)];

/** Processes that a process started, and what these started. */
export function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8");
  return children
    .split(" ")
    .filter((text) => text.trim() !== "")
    .map(Number)
    .flatMap((child) => [child, ...descendants(child)]);
}

/** MiB a process has in memory: all of it, and what is its own rather than mapped from files. */
export function memoryOf(pid: number): { residentMiB: number; ownMiB: number } {
  const rollup = readFileSync(`/proc/${String(pid)}/smaps_rollup`, "utf8");
  return { residentMiB: mibOf(rollup, "Rss"), ownMiB: mibOf(rollup, "Anonymous") };
}

/** Most MiB that each process has had in memory at once, added up: files it mapped and touched included. */
export const peakMiB = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + mibOf(readFileSync(`/proc/${String(pid)}/status`, "utf8"), "VmHWM"), 0);

/** Processor time that processes have used, user and system, in steps of 10 ms. */
export const cpuMs = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .split(") ")
      .at(-1)!
      .split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) * 10; // utime and stime, in 1/100 s
  }, 0);

const mibOf = (text: string, field: string): number =>
  Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1024);
