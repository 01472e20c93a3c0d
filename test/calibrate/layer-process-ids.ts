import { readFileSync } from "node:fs";

/** Ids of the processes of this one that run layers; Linux only. */
export function layerProcessIds(): number[] {
  const own = String(process.pid);
  const children = readFileSync(`/proc/${own}/task/${own}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean);
  return children
    .filter((id) => readFileSync(`/proc/${id}/cmdline`, "utf8").includes("calibrate/child/main.js"))
    .map(Number);
}
