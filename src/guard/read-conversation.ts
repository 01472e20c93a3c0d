import { mapInOrder } from "../base/index.js";
import type { CallOptions, Engine, ScoreResult } from "../engine/index.js";
import {
  hasDelimiterSpoof,
  judgedMessage,
  neutralizeDelimiters,
  type Conversation,
} from "../prompt/index.js";
import { ask, type Question } from "./ask.js";
import type { Reading } from "./decide.js";
import type { JudgementFlag } from "./guard.js";
import { createRoom } from "./room.js";
import { planWindows } from "./windows.js";

/**
 * What stands between a conversation and a model that believes what it reads. The judge has {@link DEFENCES}; others
 * are only for measuring what these are worth.
 */
export interface Defences {
  /** The conversation, and after it what else it could be taken for. */
  versionsOf(conversation: Conversation): readonly [Conversation, ...Conversation[]];
  /** What of a conversation is put before the model, each at most as long as its context. */
  readonly windowsOf: typeof planWindows;
}

/** Text that imitates the prompt's structure is read raw and defused; what is too long is read in windows. */
export const DEFENCES: Defences = {
  versionsOf(conversation) {
    const neutral = neutralized(conversation);
    return neutral === null ? [conversation] : [conversation, neutral];
  },
  windowsOf: planWindows,
};

export interface ConversationReadings {
  readonly readings: readonly Reading[];
  readonly flags: readonly JudgementFlag[];
  /** Of every prompt that went to the engine. */
  readonly results: readonly ScoreResult[];
}

/** Puts a conversation before the model in every version that counts, and decides nothing. */
export type ReadConversation = (
  question: Question,
  conversation: Conversation,
  options: CallOptions,
) => Promise<ConversationReadings>;

/**
 * Prompts of one judgement that are with the engine at once: the raw and the neutralised version of a message
 * share a step. More would let a long conversation fill the queue and be refused because of itself.
 */
const PROMPTS_IN_FLIGHT = 2;

/** A model at ease with its task puts nearly everything on the words `safe` and `unsafe`. */
const USUAL_MASS = 0.9;

export function createReader(
  engine: Pick<Engine, "info" | "score" | "count" | "split">,
  { versionsOf, windowsOf } = DEFENCES,
): ReadConversation {
  const roomFor = createRoom(engine);

  return async (question, conversation, options) => {
    const { role } = judgedMessage(conversation);
    const roomTokens = await roomFor(question.template, question.categories, role, options);
    const versions = versionsOf(conversation);
    const windows = await Promise.all(versions.map((one) => windowsOf(one, roomTokens, engine, options)));
    const answers = await mapInOrder(windows.flat(), PROMPTS_IN_FLIGHT, (one) =>
      ask(engine, question, one, options),
    );
    const results = answers.flatMap((answer) => answer.results);
    return {
      readings: answers.map(({ reading }) => reading),
      flags: [
        ...(versions.length > 1 ? (["delimiter_spoof"] as const) : []),
        ...(windows.some(({ length }) => length > 1) ? (["windowed"] as const) : []),
        ...(results.some(({ mass }) => mass < USUAL_MASS) ? (["low_mass"] as const) : []),
      ],
      results,
    };
  };
}

/** The conversation with everything that imitates the prompt's structure defused; null when nothing does. */
function neutralized(conversation: Conversation): Conversation | null {
  if (!conversation.some(({ content }) => hasDelimiterSpoof(content))) return null;
  const [first, ...rest] = conversation;
  const defused = (message: typeof first): typeof first => ({
    role: message.role,
    content: neutralizeDelimiters(message.content),
  });
  return [defused(first), ...rest.map(defused)];
}
