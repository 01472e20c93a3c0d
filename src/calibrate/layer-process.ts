import { fork } from "node:child_process";
import { join } from "node:path";
import { GuardError, PACKAGE_ROOT } from "../base/index.js";
import { engineEnvironment } from "../config/index.js";
import type { Answers, Ask, FromLayerProcess } from "./protocol.js";

/** The process that runs layers. A run blocks it, and one that needs too much memory takes nothing else along. */
export interface LayerProcess extends Disposable {
  /**
   * One question at a time.
   * @throws GuardError what the process says, `engine_unavailable` when it ended, `canceled` by the signal
   */
  ask<K extends Ask["kind"]>(what: Ask & { kind: K }): Promise<Answers[K]>;
}

interface Question {
  resolve(value: Answers[Ask["kind"]]): void;
  reject(error: GuardError): void;
}

/** Built JavaScript even under a test runner: the native runtime's type checks fail inside its sandbox. */
const CHILD_MAIN = join(PACKAGE_ROOT, "dist/calibrate/child/main.js");
/** Of what the process wrote, only the end says why it died. */
const OUTPUT_CHARACTERS = 4_000;

/**
 * @param signal ends the process at once, in the middle of a run if need be: it holds nothing worth keeping
 * @param onRan called after every run
 */
export function startLayerProcess(
  signal: AbortSignal | undefined,
  onRan: (tokens: number) => void,
): LayerProcess {
  const child = fork(CHILD_MAIN, [], {
    serialization: "advanced",
    env: engineEnvironment(),
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let question: Question | undefined;
  let ended: GuardError | undefined;
  let output = "";

  const kill = (): void => void child.kill("SIGKILL");
  function end(reason: string): void {
    process.off("exit", kill);
    signal?.removeEventListener("abort", kill);
    ended ??= reasonToEnd(signal, reason, output);
    question?.reject(ended);
  }
  process.once("exit", kill);
  signal?.addEventListener("abort", kill, { once: true });
  if (signal?.aborted === true) kill();

  child.stderr?.on(
    "data",
    (chunk: Buffer) => (output = (output + chunk.toString()).slice(-OUTPUT_CHARACTERS)),
  );
  child.on("error", (error) => {
    end(error.message);
  });
  // Not "exit": what it wrote last may still be on its way then.
  child.on("close", (code, by) => {
    end(by ?? `exit code ${String(code)}`);
  });
  child.on("message", (message: FromLayerProcess) => {
    switch (message.type) {
      case "ran":
        return onRan(message.tokens);
      case "answer":
        return question?.resolve(message.value);
      case "refusal":
        return question?.reject(new GuardError(message.error.code, message.error.message));
    }
  });

  return {
    ask<K extends Ask["kind"]>(what: Ask & { kind: K }) {
      return new Promise<Answers[K]>((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        question = { resolve: resolve as Question["resolve"], reject };
        // A failed send means a dying process, and its end is reported by itself.
        child.send(what, undefined, undefined, () => undefined);
      });
    },
    [Symbol.dispose]: kill,
  };
}

function reasonToEnd(signal: AbortSignal | undefined, reason: string, output: string): GuardError {
  if (signal?.aborted === true)
    return signal.reason instanceof GuardError
      ? signal.reason
      : new GuardError("canceled", "the calibration was interrupted", { cause: signal.reason });
  return new GuardError(
    "engine_unavailable",
    `the process that runs layers ended (${reason}); most likely memory ran out: use fewer prompts or a larger machine`,
    output === "" ? {} : { cause: new Error(output) },
  );
}
