import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What a forked module answers every message with. */
export type ForkAnswer<T> = { readonly value: T } | { readonly failed: string };

/** A module of the bench in a process of its own, which is asked one thing at a time. */
export interface Forked extends AsyncDisposable {
  readonly pid: number;
  /** Whether it still listens. */
  readonly connected: boolean;
  /** @throws Error with what the process said, when it fails or ends */
  ask(question: object): Promise<unknown>;
}

/**
 * @param name tells it from others in errors
 * @param env is added to this process's own
 */
export function forkAsked(module: URL, name: string, env: Readonly<Record<string, string>> = {}): Forked {
  const child = fork(fileURLToPath(module), {
    serialization: "advanced",
    env: { ...process.env, ORT_DISABLE_TELEMETRY: "1", ...env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  return {
    pid: child.pid!,
    get connected() {
      return child.connected;
    },
    async ask(question) {
      const answered = once(child, "message") as Promise<[ForkAnswer<unknown>]>;
      child.send(question);
      const first = await Promise.race([answered, exited.then(() => null)]);
      if (first === null) throw new Error(`${name} ended`);
      const [answer] = first;
      if ("failed" in answer) throw new Error(`${name}: ${answer.failed}`);
      return answer.value;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL"); // native libraries may have threads that stay
      await exited;
    },
  };
}

/** The other half: answers what it is asked, in the forked module. */
export function answerAsks<Ask>(answer: (ask: Ask) => Promise<unknown>): void {
  process.on("message", (ask: Ask) => {
    answer(ask).then(
      (value) => process.send!({ value } satisfies ForkAnswer<unknown>),
      (error: unknown) => process.send!({ failed: String(error) } satisfies ForkAnswer<unknown>),
    );
  });
}
