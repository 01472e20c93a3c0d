import { GuardError } from "../base/index.js";
import type { GenerationEvent } from "../generation/index.js";
import type { AnswerGate } from "./create-answer-gate.js";
import type { Outbox } from "./outbox.js";

export type Usage = Extract<GenerationEvent, { type: "usage" }>;

/**
 * Hands each answer what the generator says of it, no faster than the reader reads.
 * @returns the usage; null when the generator said none
 * @throws GuardError whatever the generator throws, and `upstream_failed` when it leaves an answer unfinished
 */
export async function followGeneration(
  events: AsyncIterable<GenerationEvent>,
  answers: readonly AnswerGate[],
  outbox: Pick<Outbox, "room">,
  signal: AbortSignal,
): Promise<Usage | null> {
  let usage: Usage | null = null;
  for await (const event of events) {
    if (signal.aborted) return null;
    if (event.type === "usage") usage = event;
    else answerOf(event, answers).add(event);
    await outbox.room();
  }
  if (!answers.every(({ written }) => written))
    throw new GuardError("upstream_failed", "the generation ended in the middle of an answer; try again");
  return usage;
}

function answerOf(event: Exclude<GenerationEvent, Usage>, answers: readonly AnswerGate[]): AnswerGate {
  const answer = answers[event.choice];
  if (answer === undefined)
    throw new GuardError("upstream_failed", "the generation gave more answers than were asked for");
  return answer;
}
