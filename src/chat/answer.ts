import type { FinishReason, GenerationEvent, TokenLogprob, ToolCall } from "../generation/index.js";
import { judgedText } from "./judged-conversation.js";
import { isWordBoundary } from "./word-boundary.js";

/** A run of letters longer than this is no word worth waiting for. */
const MAX_WORD_CHARS = 256;

/** May bring a check early; nothing depends on its being the end of a sentence. */
const SENTENCE_END = /[.!?\n。！？]/;

export interface Piece {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[] | null;
}

/** What was written since the last check began. */
export interface Unseen {
  /** Pieces of tool calls count as one token each: nobody says how many they are. */
  readonly tokens: number;
  readonly sentenceEnded: boolean;
}

/** A look at all that was written so far. */
export interface Look {
  readonly text: string;
  /** Says that what was seen may leave. */
  pass(): void;
}

/**
 * One choice as it grows: what was written, how much of it is judged, how much is out. Pieces leave as they
 * came, in order, none divided: numbers about tokens stay with their text.
 */
export interface Answer {
  add(event: Extract<GenerationEvent, { type: "text" | "toolCall" }>): void;
  /** Nothing more will be written. */
  finish(reason: FinishReason): void;
  /** Null while it is being written. */
  readonly reason: FinishReason | null;
  readonly unseen: Unseen;
  /** Shows everything so far, for a check that begins now. */
  look(): Look;
  /** Whether every word and every call has passed. */
  readonly passed: boolean;
  /** What may leave now: judged text and up to `aheadTokens` more, as far as whole words go. */
  take(aheadTokens: number): readonly Piece[];
  /** By index; whole once the answer is finished. Id and name are empty until they are known. */
  readonly calls: ReadonlyMap<number, ToolCall>;
}

const NOTHING: Unseen = { tokens: 0, sentenceEnded: false };

export function createAnswer(): Answer {
  const held: (Piece & { readonly tokens: number })[] = [];
  const calls = new Map<number, ToolCall>();
  let text = "";
  let reason: FinishReason | null = null;
  let unseen = NOTHING;
  // How far things are: events count pieces of text and of calls, tokens those of text alone.
  const written = { events: 0, tokens: 0 };
  const out = { chars: 0, tokens: 0 };
  let passed = { events: 0, tokens: 0 };

  const mayCutAt = (at: number): boolean =>
    (reason !== null && at === text.length) || isWordBoundary(text, at);

  return {
    add(event) {
      written.events++;
      if (event.type === "toolCall") {
        const call = calls.get(event.index) ?? { id: "", name: "", arguments: "" };
        calls.set(event.index, {
          id: event.id ?? call.id,
          name: event.name ?? call.name,
          arguments: call.arguments + event.arguments,
        });
        unseen = { ...unseen, tokens: unseen.tokens + 1 };
        return;
      }
      const tokens = event.tokens >= 1 ? event.tokens : 1; // nothing is free, or it would never be judged
      held.push({ text: event.text, logprobs: event.logprobs, tokens });
      text += event.text;
      written.tokens += tokens;
      unseen = {
        tokens: unseen.tokens + tokens,
        sentenceEnded: unseen.sentenceEnded || SENTENCE_END.test(event.text),
      };
    },
    finish(why) {
      reason = why;
    },
    get reason() {
      return reason;
    },
    get unseen() {
      return unseen;
    },
    look() {
      const seen = { ...written };
      unseen = NOTHING;
      return {
        text: judgedText(text, [...calls.values()]),
        pass: () => {
          passed = seen;
        },
      };
    },
    get passed() {
      return passed.events === written.events;
    },
    take(aheadTokens) {
      let [end, endChars, endTokens] = [0, out.chars, out.tokens];
      let [chars, tokens] = [out.chars, out.tokens];
      for (const [index, piece] of held.entries()) {
        tokens += piece.tokens;
        chars += piece.text.length;
        if (tokens > passed.tokens + aheadTokens) break;
        if (mayCutAt(chars) || chars - endChars > MAX_WORD_CHARS)
          [end, endChars, endTokens] = [index + 1, chars, tokens];
      }
      [out.chars, out.tokens] = [endChars, endTokens];
      return held.splice(0, end).map(({ text, logprobs }) => ({ text, logprobs }));
    },
    calls,
  };
}
