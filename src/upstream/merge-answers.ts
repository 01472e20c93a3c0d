import type { GenerationEvent } from "../generation/index.js";

/**
 * Several requests of one answer each, as one request of several answers. Each is read one event ahead at most,
 * and none is kept waiting by another.
 *
 * @param stop ends every request; called when this is left, at its end too
 */
export async function* mergeAnswers(
  answers: readonly AsyncIterable<GenerationEvent>[],
  stop: () => void,
): AsyncGenerator<GenerationEvent> {
  const usage = { type: "usage" as const, promptTokens: 0, completionTokens: 0 };
  let usages = 0;
  const readers = answers.map((answer) => answer[Symbol.asyncIterator]());
  const next = (choice: number) => readers[choice]!.next().then((result) => ({ choice, result }));
  const pending = new Map(readers.map((_, choice) => [choice, next(choice)]));
  try {
    while (pending.size > 0) {
      const { choice, result } = await Promise.race(pending.values());
      pending.delete(choice);
      if (result.done === true) continue;
      const event = result.value;
      if (event.type === "usage") {
        usages++;
        usage.promptTokens = event.promptTokens; // the same prompt each time
        usage.completionTokens += event.completionTokens;
      } else yield { ...event, choice };
      pending.set(choice, next(choice)); // to the end of the line
    }
    if (usages === answers.length) yield usage;
  } finally {
    stop();
    await Promise.allSettled(readers.map((reader) => reader.return?.()));
  }
}
