import { AT_ONCE, type Contender } from "./contenders.js";
import type { Prompt } from "./prompt.js";
import type { Workload } from "./workload.js";

/** Questions of one kind; every round has its own, so that nobody remembers an answer. */
export interface Task {
  readonly name: string;
  readonly atOnce: number;
  readonly rounds: number;
  readonly prompts: (round: number) => readonly Prompt[];
  readonly takesPart: (contender: Contender) => boolean;
  /** Whether it may be given to a contender in part: only where questions do not build on one another. */
  readonly divisible: boolean;
}

export interface TaskSizes {
  /** Asked one at a time; half as many are asked at once. */
  readonly messages: number;
  readonly rounds: number;
  readonly turns: number;
  readonly answerTokens: number;
  readonly seed: number;
}

/** A check of a streamed answer comes every so many tokens. */
const CHECK_TOKENS = 32;
const LONG_MESSAGE_TOKENS = 512;

/** A full step of the engine behind the policy's head. */
export const MEASURED_STEP = { newTokens: 256, pastTokens: 608 };

export const TASK = {
  single: "messages, one at a time",
  together: `messages, ${String(AT_ONCE)} at once`,
  long: `a message of ${String(LONG_MESSAGE_TOKENS)} tokens`,
  conversation: "a conversation, turn by turn",
  stream: "an answer while it is written",
} as const;

const judges = ({ family }: Contender): boolean => family !== "Portcullis generator";
const isWhole = (contender: Contender): boolean => judges(contender) && contender.part === 1;

export function createTasks(workload: Workload, sizes: TaskSizes): Task[] {
  const { messages, rounds, seed } = sizes;
  const perRound = messages / rounds;
  return [
    {
      ...{ name: TASK.single, atOnce: 1, rounds, takesPart: judges, divisible: true },
      prompts: (round) => workload.messages(perRound, seed + 100 + round),
    },
    {
      // transformers.js would do the same as one at a time
      ...{ name: TASK.together, atOnce: AT_ONCE, rounds: Math.ceil(rounds / 2), takesPart: isWhole },
      divisible: false,
      prompts: (round) => workload.messages(perRound, seed + 200 + round),
    },
    {
      ...{ name: TASK.long, atOnce: 1, rounds, takesPart: isWhole, divisible: false },
      prompts: (round) => [workload.message(LONG_MESSAGE_TOKENS, seed + 300 + round)],
    },
    {
      ...{ name: TASK.conversation, atOnce: 1, rounds: Math.ceil(rounds / 4), takesPart: isWhole },
      divisible: false,
      prompts: (round) => workload.conversation(sizes.turns, seed + 400 + round),
    },
    {
      ...{ name: TASK.stream, atOnce: 1, rounds: Math.ceil(rounds / 4), takesPart: isWhole },
      divisible: false,
      prompts: (round) => workload.stream(sizes.answerTokens, CHECK_TOKENS, seed + 500 + round),
    },
  ];
}
