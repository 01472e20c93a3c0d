import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { GpuProvider } from "./gpu-task.js";

/** What a provider computes on. */
export interface Adapter {
  readonly name: string;
  /** Whether the "card" is a program that runs on the processor. */
  readonly software: boolean;
}

const SOFTWARE = /llvmpipe|lavapipe|softpipe|swiftshader|libvulkan_lvp/i;
const OPENED = /Using "(.+?)" with driver: "(.+?)"/g;

/**
 * The runtime does not say which adapter it has taken; on Linux it goes through the Vulkan loader, which does.
 * @param log the loader's, with `VK_LOADER_DEBUG=layer`; null when it says nothing of a device
 */
export function vulkanAdapter(log: string): Adapter | null {
  const opened = [...log.matchAll(OPENED)].at(-1);
  if (opened === undefined) return null;
  const [, name, driver] = opened;
  return { name: name!, software: SOFTWARE.test(`${name!} ${driver!}`) };
}

/** @returns null where it cannot be known */
export async function adapterOf(provider: GpuProvider, log: string): Promise<Adapter | null> {
  if (provider === "cuda") return { name: (await nvidiaCard()) ?? "a CUDA device", software: false };
  if (process.platform === "darwin") return { name: "a Metal device", software: false }; // has no others
  return vulkanAdapter(log);
}

/** Name of the first card; null without one. */
export async function nvidiaCard(): Promise<string | null> {
  const query = ["--query-gpu=name", "--format=csv,noheader"];
  try {
    const { stdout } = await promisify(execFile)("nvidia-smi", query, { timeout: 30_000 });
    return stdout.split("\n")[0]!.trim() || null;
  } catch {
    return null;
  }
}
