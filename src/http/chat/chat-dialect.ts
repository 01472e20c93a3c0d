import type { TokenLogprob, ToolCall } from "../../generation/index.js";
import type { Dialect } from "./dialect.js";

/** How `/v1/chat/completions` answers. */
export const CHAT_DIALECT: Dialect = {
  idPrefix: "chatcmpl",
  whole: "chat.completion",
  chunk: "chat.completion.chunk",

  wholeChoice: ({ text, logprobs, calls, refusal, reason }, index) => ({
    index,
    message: {
      role: "assistant",
      content: refusal !== null || (text === "" && calls.length > 0) ? null : text,
      refusal,
      ...(calls.length > 0 && { tool_calls: calls.map(onWire) }),
    },
    logprobs: logprobs === null ? null : logprobsOf(logprobs),
    finish_reason: reason,
  }),

  opening: (index) => delta(index, { role: "assistant", content: "" }),
  text: ({ choice, text, logprobs }) => ({
    ...delta(choice, { content: text }),
    logprobs: logprobs === null ? null : logprobsOf(logprobs),
  }),
  toolCall: ({ choice, index, call }) => delta(choice, { tool_calls: [{ index, ...onWire(call) }] }),
  refusal: ({ choice, refusal }) => delta(choice, { refusal }),
  finish: (index, reason) => ({ ...delta(index, {}), finish_reason: reason }),
};

const delta = (index: number, said: object): object => ({
  index,
  delta: said,
  logprobs: null,
  finish_reason: null,
});

const onWire = ({ id, name, arguments: text }: ToolCall): object => ({
  id,
  type: "function",
  function: { name, arguments: text },
});

const logprobsOf = (tokens: readonly TokenLogprob[]): object => ({
  content: tokens.map(({ token, bytes, logprob, top }) => ({ token, bytes, logprob, top_logprobs: top })),
  refusal: null,
});
