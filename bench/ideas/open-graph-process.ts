import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { GraphAnswer, GraphAnswers, GraphAsk } from "./graph-messages.js";

/** A process that runs graphs, seen from outside. */
export interface GraphProcess extends AsyncDisposable {
  /** @throws Error with what the process said, when it fails or ends */
  ask<A extends GraphAsk>(question: A): Promise<GraphAnswers[A["kind"]]>;
}

const PROCESS = fileURLToPath(new URL("./graph-process.js", import.meta.url));

export function openGraphProcess(env: Readonly<Record<string, string>>): GraphProcess {
  const child = fork(PROCESS, {
    serialization: "advanced",
    env: { ...process.env, ORT_DISABLE_TELEMETRY: "1", ...env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  return {
    async ask<A extends GraphAsk>(question: A) {
      const answered = once(child, "message") as Promise<[GraphAnswer]>;
      child.send(question);
      const first = await Promise.race([answered, exited.then(() => null)]);
      if (first === null) throw new Error("the process that runs graphs ended");
      const [answer] = first;
      if ("failed" in answer) throw new Error(answer.failed);
      return answer.value as GraphAnswers[A["kind"]];
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL"); // native libraries may have threads that stay
      await exited;
    },
  };
}
