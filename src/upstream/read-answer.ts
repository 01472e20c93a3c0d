import { GuardError } from "../base/index.js";
import type { GenerationEvent } from "../generation/index.js";
import { parseJson, readJson, type Answer } from "../line/index.js";
import { createAnswerReader } from "./answer-reader.js";
import type { AnswerShape } from "./choice-reader.js";
import { readEvents } from "./read-events.js";

/** Four answers of 8,192 tokens, each with five likeliest tokens of 100 bytes beside it. */
const MAX_WHOLE_BYTES = 16 * 1024 * 1024;

/**
 * What an answer says, whether it comes as a stream or, from a server that knows none, as a whole.
 *
 * A stream should end with `[DONE]`; one that ends without, in good order and after every answer's end, has
 * said all as well.
 */
export async function* readAnswer(answer: Answer, asked: AnswerShape): AsyncGenerator<GenerationEvent> {
  const reader = createAnswerReader(asked);
  switch (answer.contentType) {
    case "text/event-stream":
      for await (const data of readEvents(answer.chunks)) {
        if (data.trim() === "[DONE]") {
          yield* reader.end();
          return await answer.settle();
        }
        yield* reader.read(parseJson(data));
      }
      break;
    case "application/json":
      yield* reader.read(await readJson(answer.chunks, MAX_WHOLE_BYTES));
      break;
    default:
      throw new GuardError(
        "upstream_failed",
        "what answers is no model server, as it sends neither events nor JSON: check its address",
      );
  }
  yield* reader.end();
}
