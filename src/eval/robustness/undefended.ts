import type { Engine, ScoreRequest } from "../../engine/index.js";
import type { Defences } from "../../guard/index.js";
import type { Conversation } from "../../prompt/index.js";

/**
 * How a guard reads without the defences of this project, to measure what they are worth. Only evaluation has it.
 */
export const UNDEFENDED: Defences = {
  /** As it is written, and in no other way. */
  versionsOf: (conversation) => [conversation],
  /** As much of the judged message's beginning as the context has room for, as tokenizers cut by default. */
  async windowsOf(conversation, roomTokens, engine, options) {
    const counts = await engine.count(
      conversation.map(({ content }) => content),
      options,
    );
    const tokens = counts.reduce((sum, count) => sum + count + LABEL_TOKENS, 0);
    if (tokens <= roomTokens) return [conversation];
    const { role, content } = conversation.at(-1)!;
    const maxTokens = Math.max(1, roomTokens - LABEL_TOKENS);
    const [beginning] = await engine.split({ text: content, maxTokens, overlapTokens: 0 }, options);
    return [[{ role, content: beginning! }]];
  },
};

/** `User: ` and the blank line behind a message. */
const LABEL_TOKENS = 8;

/** Control tokens of Llama 3 as text; what tokenizers with added tokens turn into the tokens themselves. */
const CONTROL = /(<\|(?:begin_of_text|end_of_text|eot_id|start_header_id|end_header_id)\|>)/;

/**
 * The engine as it would be with a usual tokenizer, to which `<|eot_id|>` in a message is the control token. The
 * tokenizer of this project cannot be told to do that, so texts are cut up beforehand and the control tokens put in
 * as what they are; the prompt's shared head, which no stranger writes, stays as it is.
 */
export const letControlsThrough = <E extends Pick<Engine, "score">>(
  engine: E,
): Omit<E, "score"> & Pick<Engine, "score"> => ({
  ...engine,
  score: (request, options) => engine.score({ ...request, prompt: withControls(request.prompt) }, options),
});

export const withControls = (prompt: ScoreRequest["prompt"]): ScoreRequest["prompt"] =>
  prompt.flatMap((span) =>
    "control" in span || span.shared === true
      ? [span]
      : span.text
          .split(CONTROL)
          .filter((piece) => piece !== "")
          .map((piece) => (CONTROL.test(piece) ? { control: piece } : { text: piece })),
  );

/** Whether a conversation is read in another way with the defences than without. */
export const isDefended = (conversation: Conversation, flags: readonly string[]): boolean =>
  flags.includes("delimiter_spoof") ||
  flags.includes("windowed") ||
  conversation.some(({ content }) => CONTROL.test(content));
