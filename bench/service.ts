import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ROOT } from "./machine.js";

export interface BenchedService extends AsyncDisposable {
  readonly url: string;
  readonly modelId: string;
}

/** A real `portcullis serve` in a process of its own, as an operator runs it. */
export async function startService(flags: readonly string[]): Promise<BenchedService> {
  const child = spawn(
    process.execPath,
    [`${ROOT}dist/main.js`, "serve", "--port", "0", "--log", "json", ...flags],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const exited = once(child, "exit");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    const event = line.startsWith("{") ? (JSON.parse(line) as Record<string, string>) : {};
    if (event["event"] !== "listening") continue;
    child.stderr.resume();
    return {
      url: event["url"]!,
      modelId: event["model"]!,
      async [Symbol.asyncDispose]() {
        child.kill("SIGTERM");
        await exited;
      },
    };
  }
  throw new Error(`the service did not start:\n${lines.join("\n")}`);
}
