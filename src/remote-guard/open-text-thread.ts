import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { GuardError, PACKAGE_ROOT } from "../base/index.js";
import { createOpenCalls, fromWire, type CallOptions } from "../engine/index.js";
import type {
  FromText,
  GuardVocabulary,
  TextAnswers,
  TextAsk,
  TextThreadData,
  ToText,
} from "./text-messages.js";

/**
 * A tokenizer in a thread of its own: 131,072 characters of CJK, which a request may hold, take 0.7 s to encode
 * and 1.3 s to split, during which the thread that answers HTTP would do nothing else.
 */
export interface TextThread {
  readonly vocabulary: GuardVocabulary;
  /** @throws GuardError as the tokenizer does, `engine_unavailable`, or what the signal says */
  ask<K extends TextAsk["kind"]>(
    ask: TextAsk & { readonly kind: K },
    options?: CallOptions,
  ): Promise<TextAnswers[K]>;
  close(): Promise<void>;
}

/** The built file: threads load JavaScript, also where sources are run as TypeScript. */
const WORKER = join(PACKAGE_ROOT, "dist/remote-guard/text-worker.js");

/** @throws GuardError `bad_model_file` */
export async function openTextThread(tokenizerPath: string): Promise<TextThread> {
  const calls = createOpenCalls();
  let closed = false;
  let current = start();
  const first = await current.opened;

  /** Ends are noticed when they come, and made good when somebody asks: a thread never dies in a circle. */
  function start(): { readonly worker: Worker; readonly opened: Promise<GuardVocabulary>; lost: boolean } {
    const worker = new Worker(WORKER, { workerData: { tokenizerPath } satisfies TextThreadData, env: {} });
    const thread = { worker, opened: firstWord(worker), lost: false };
    const lose = (): void => {
      if (thread.lost) return;
      thread.lost = true;
      calls.rejectAll(gone);
    };
    worker.on("message", receive);
    worker.on("error", lose); // it ends by itself
    worker.on("exit", lose);
    return thread;
  }

  function receive(message: FromText): void {
    if (message.type === "answer") calls.resolve(message.id, message.value);
    if (message.type === "refusal") calls.reject(message.id, fromWire(message.error));
  }

  async function thread(): Promise<Worker> {
    if (closed) throw gone();
    if (current.lost) current = start();
    const { worker, opened } = current;
    await opened;
    return worker;
  }

  return {
    vocabulary: first,
    async ask(ask, options = {}) {
      const worker = await thread();
      const send = (message: ToText): void => worker.postMessage(message);
      return await calls.open(
        (id) => send({ type: "ask", id, ask }),
        (id) => send({ type: "cancel", id }),
        options,
      );
    },
    async close() {
      closed = true;
      await current.worker.terminate();
    },
  };
}

async function firstWord(worker: Worker): Promise<GuardVocabulary> {
  const ended = new AbortController();
  try {
    const [message] = (await Promise.race([
      once(worker, "message", { signal: ended.signal }),
      once(worker, "exit", { signal: ended.signal }).then(() => []),
    ])) as [FromText?];
    if (message?.type === "ready") return message.vocabulary;
    if (message?.type === "failed") throw fromWire(message.error);
    throw gone();
  } catch (cause) {
    await worker.terminate();
    throw cause instanceof GuardError ? cause : gone(cause);
  } finally {
    ended.abort();
  }
}

const gone = (cause?: unknown): GuardError =>
  new GuardError("engine_unavailable", "the guard's tokenizer is not there", { cause });
