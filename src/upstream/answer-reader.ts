import { GuardError } from "../base/index.js";
import type { GenerationEvent } from "../generation/index.js";
import { createChoiceReader, type AnswerShape } from "./choice-reader.js";
import { parseChunk, type Chunk } from "./chunk.js";

/** Reads what a server says of one request. */
export interface AnswerReader {
  /**
   * @param json a piece of an answer, or a whole one
   * @throws GuardError `upstream_failed`, or the fault that the server tells
   */
  read(json: unknown): GenerationEvent[];
  /**
   * When the server has said all: the usage, where it told it.
   * @throws GuardError `upstream_failed` when an answer has no end
   */
  end(): GenerationEvent[];
}

export function createAnswerReader(asked: AnswerShape): AnswerReader {
  const readers = Array.from({ length: asked.choices }, (_, choice) => createChoiceReader(choice, asked));
  let usage: Chunk["usage"] = null;
  return {
    read(json) {
      const chunk = parseChunk(json);
      if (chunk.truncated === true)
        throw new GuardError("too_large", "the conversation is longer than the model can read: shorten it");
      usage = chunk.usage ?? usage; // some tell it with every piece; the last counts
      return (chunk.choices ?? []).flatMap((part) => {
        const reader = readers[part.index ?? 0];
        if (reader === undefined)
          throw new GuardError("upstream_failed", "the model server sent an answer that was not asked for");
        return reader.read(part);
      });
    },
    end() {
      if (!readers.every(({ finished }) => finished))
        throw new GuardError("upstream_failed", "the model server ended before its answer did: see its log");
      if (!usage) return [];
      const { prompt_tokens: promptTokens, completion_tokens: completionTokens = 0 } = usage;
      return [{ type: "usage", promptTokens, completionTokens }];
    },
  };
}
