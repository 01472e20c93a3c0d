import { GuardError } from "../base/index.js";
import type { GenerationEvent, GenerationRequest } from "../generation/index.js";

/**
 * Passes on what a server says that may cut long prompts without a word, and fails when it must have done so: no
 * token spans two words, so a prompt never has fewer tokens than words. The guard has then judged more than the
 * model read, rules of the system message among it. A cut leaves about half a context, so English prompts are
 * found out; those in scripts without spaces may not be.
 *
 * The server tells its count last, when the answer is already out; the failure marks it as one not to be trusted.
 */
export async function* refuseCutPrompts(
  events: AsyncIterable<GenerationEvent>,
  { input }: GenerationRequest,
): AsyncGenerator<GenerationEvent> {
  for await (const event of events) {
    // 0 is what older versions tell of a prompt they had at hand.
    if (event.type === "usage" && event.promptTokens > 0 && event.promptTokens < wordsOf(input))
      throw new GuardError(
        "too_large",
        "the model's server has cut the conversation to fit: shorten it, or raise the server's context length",
      );
    yield event;
  }
}

/** Of people and systems; what assistants said may be shortened by chat formats that drop their thoughts. */
function wordsOf(input: GenerationRequest["input"]): number {
  const texts =
    input.kind === "text"
      ? [input.prompt]
      : input.messages.filter(({ role }) => role !== "assistant").map(({ content }) => content);
  return texts.reduce((sum, text) => sum + (text.match(/\S+/g)?.length ?? 0), 0);
}
