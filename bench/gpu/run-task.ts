import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { GpuTask, PeakAnswer, PlansAnswer, ProbeAnswer } from "./gpu-task.js";
import { oneLine } from "./one-line.js";

interface Answers {
  readonly probe: ProbeAnswer;
  readonly peak: PeakAnswer;
  readonly plans: PlansAnswer;
}

/** Either of both; the log is what native code wrote to stderr. */
export type Outcome<T> = { readonly log: string } & ({ readonly value: T } | { readonly failed: string });

const PROCESS = fileURLToPath(new URL("./gpu-process.js", import.meta.url));

/** In a process of its own and for a time only: a driver that crashes or hangs takes nothing else with it. */
export async function runTask<K extends GpuTask["kind"]>(
  task: Extract<GpuTask, { kind: K }>,
  timeoutMs: number,
): Promise<Outcome<Answers[K]>> {
  const child = spawn(process.execPath, [PROCESS, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    env: {
      ...{ ...process.env, ORT_DISABLE_TELEMETRY: "1" },
      VK_LOADER_DEBUG: "layer", // says which device was opened
      CUDA_DEVICE_ORDER: "PCI_BUS_ID", // as nvidia-smi counts them
    },
  });
  const [said, log, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number | null, string | null]>,
  ]);
  if (child.killed) return { failed: `no answer within ${String(timeoutMs / 1000)} s`, log };
  if (code !== 0) return { failed: `its process ended with ${signal ?? String(code)}`, log };
  const answer = JSON.parse(said.trimEnd().split("\n").at(-1)!) as
    { readonly value: Answers[K] } | { readonly failed: string };
  return { ...("failed" in answer ? { failed: oneLine(answer.failed) } : answer), log };
}
