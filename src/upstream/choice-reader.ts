import { GuardError } from "../base/index.js";
import type { FinishReason, GenerationEvent, TokenLogprob } from "../generation/index.js";
import type { ChunkChoice } from "./chunk.js";
import { cutAtStops } from "./cut-at-stops.js";
import { readLogprobs } from "./logprobs.js";
import { createCallReader } from "./tool-calls.js";

/** What was asked for, to hold the answer against. */
export interface AnswerShape {
  readonly choices: number;
  readonly maxTokens: number;
  readonly topLogprobs: number | null;
  /** Texts before which the answer ends, where the server writes them out; empty where it does not. */
  readonly stops: readonly string[];
  /** Whether tools were offered. */
  readonly tools: boolean;
  readonly finishReasons: Readonly<Record<string, FinishReason>>;
}

/** Reads one of the answers of a request. */
export interface ChoiceReader {
  /** @throws GuardError `upstream_failed` for what was not asked for or comes after the end */
  read(part: ChunkChoice): GenerationEvent[];
  readonly finished: boolean;
}

/**
 * Longest token of Llama 3's vocabulary, 128 spaces, twice over. Answers are kept while they are judged, and a
 * server that goes on past the tokens it was allowed would fill the memory.
 */
const MAX_CHARS_PER_TOKEN = 256;

const LONE_SURROGATE = /\p{Surrogate}/gu;
const OPEN_PAIR = /[\uD800-\uDBFF]$/;

export function createChoiceReader(choice: number, asked: AnswerShape): ChoiceReader {
  const calls = createCallReader(choice);
  let finished: FinishReason | null = null;
  let held = ""; // half a character, or what may begin a stop text
  let likely: TokenLogprob[] = []; // of tokens whose characters have not come
  let chars = 0;
  let [spoke, probable, stopped] = [false, false, false];

  const textEvents = (text: string, last: boolean): GenerationEvent[] => {
    if (stopped) return [];
    const cut = cutAtStops(held + text, asked.stops);
    const half = OPEN_PAIR.exec(cut.text)?.[0] ?? "";
    const ready = cut.text.slice(0, cut.text.length - half.length);
    stopped = cut.stopped;
    held = stopped ? "" : half + cut.held;
    const whole = (last ? ready + held : ready).replace(LONE_SURROGATE, "\uFFFD");
    if (whole === "") return [];
    const logprobs = likely.length > 0 ? likely : null;
    likely = [];
    spoke = true;
    return [{ type: "text", choice, text: whole, tokens: logprobs?.length ?? 1, logprobs }];
  };

  const finish = (reason: string): GenerationEvent => {
    finished = Object.hasOwn(asked.finishReasons, reason) ? (asked.finishReasons[reason] ?? null) : null;
    if (finished === null) throw failed("broke off an answer for a reason of its own");
    if (spoke && asked.topLogprobs !== null && !probable)
      throw failed("does not tell the probabilities that were asked for: is its version too old?");
    return { type: "finished", choice, reason: finished };
  };

  return {
    get finished() {
      return finished !== null;
    },
    read(part) {
      const words = part.delta ?? part.message ?? {};
      const text = (words.content ?? "") + (words.refusal ?? "") + (part.text ?? "");
      const pieces = words.tool_calls ?? [];
      const reason = part.finish_reason || null;
      if (finished !== null) {
        const same = reason === null || asked.finishReasons[reason] === finished;
        if (text === "" && pieces.length === 0 && same) return []; // some say the reason again beside the usage
        throw failed("went on with an answer after its end");
      }
      if (pieces.length > 0 && !asked.tools) throw failed("called a tool although none was offered");
      const fresh = asked.topLogprobs === null ? [] : readLogprobs(part.logprobs, asked.topLogprobs);
      likely.push(...fresh);
      probable ||= fresh.length > 0;
      const argumentChars = pieces.reduce((sum, piece) => sum + (piece.function?.arguments?.length ?? 0), 0);
      chars += fresh.length + text.length + argumentChars;
      if (chars > asked.maxTokens * MAX_CHARS_PER_TOKEN) throw failed("wrote more than it was allowed");
      return [
        ...textEvents(text, reason !== null),
        ...calls.read(pieces),
        ...(reason === null ? [] : [finish(reason)]),
      ];
    },
  };
}

const failed = (what: string): GuardError => new GuardError("upstream_failed", `the model server ${what}`);
