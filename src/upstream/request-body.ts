import { GuardError } from "../base/index.js";
import type { ChatMessage, GenerationRequest, ToolDefinition } from "../generation/index.js";
import { withoutControlTokens, type SpecialTokens } from "./control-tokens.js";
import type { Preset } from "./presets.js";

export interface Wire {
  readonly preset: Preset;
  readonly model: string;
  readonly kind: "chat" | "completions";
  readonly specialTokens: SpecialTokens;
}

/**
 * What goes to the server, one body for each request. Always a stream: what nobody waits for any more can then be
 * given up, and a dead server is told from a slow one.
 * @throws GuardError `invalid_request` for what this server cannot do
 */
export function requestBodies(request: GenerationRequest, wire: Wire): readonly object[] {
  const { preset, model } = wire;
  const together = preset.manyChoices || request.choices === 1;
  const common = {
    model: preset.wireModel ?? model,
    stream: true,
    stream_options: { include_usage: true },
    ...withoutControlTokens(
      wire.kind === "chat" ? chatInput(request, preset) : textInput(request),
      wire.specialTokens,
    ),
    ...sampling(request, wire),
    ...probabilities(request, wire),
  };
  const body = (at: number): object => ({
    ...common,
    ...(together && request.choices > 1 && { n: request.choices }),
    ...(request.sampling.seed !== null && { seed: seedOnWire(request.sampling.seed + at) }),
  });
  return Array.from({ length: together ? 1 : request.choices }, (_, at) => body(at));
}

function chatInput({ input, tools = [], toolChoice }: GenerationRequest, preset: Preset): object {
  if (input.kind !== "chat") throw cannot("go on from a text: it answers chats");
  const calls = input.messages.some(({ role, toolCalls = [] }) => role === "tool" || toolCalls.length > 0);
  if (!preset.tools && (calls || tools.length > 0)) throw cannot("call tools: leave them out");
  return {
    messages: input.messages.map(messageOnWire),
    ...(tools.length > 0 && { tools: tools.map(toolOnWire) }),
    ...(tools.length > 0 &&
      toolChoice !== undefined && {
        tool_choice:
          typeof toolChoice === "string"
            ? toolChoice
            : { type: "function", function: { name: toolChoice.name } },
      }),
  };
}

function textInput({ input, tools = [] }: GenerationRequest): object {
  if (input.kind !== "text") throw cannot("answer chats: it goes on from a text");
  if (tools.length > 0) throw cannot("call tools: leave them out");
  return { prompt: input.prompt };
}

const messageOnWire = ({ role, content, toolCalls = [], toolCallId }: ChatMessage): object => ({
  role,
  content,
  ...(toolCalls.length > 0 && {
    tool_calls: toolCalls.map(({ id, name, arguments: text }) => ({
      id,
      type: "function",
      function: { name, arguments: text },
    })),
  }),
  ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
});

const toolOnWire = (tool: ToolDefinition): object => ({ type: "function", function: tool });

/** The temperature is always said: vLLM would otherwise take the model's own. */
function sampling({ sampling: said }: GenerationRequest, { preset, kind }: Wire): object {
  const { temperature, topP, maxTokens, stop, presencePenalty, frequencyPenalty } = said;
  if (!preset.presencePenalty && presencePenalty !== 0)
    throw cannot("weigh presence: leave presence_penalty out, or use frequency_penalty");
  return {
    temperature,
    [kind === "chat" ? preset.maxTokensField : "max_tokens"]: maxTokens,
    ...((topP < 1 || preset.topPOfOne) && { top_p: topP }),
    ...(stop.length > 0 && { stop }), // an array, even of one: TGI refuses a string
    ...(preset.presencePenalty && { presence_penalty: presencePenalty }),
    frequency_penalty: frequencyPenalty,
    ...preset.neutral,
  };
}

function probabilities({ sampling: { topLogprobs } }: GenerationRequest, { preset, kind }: Wire): object {
  if (topLogprobs === null) return {};
  const most = preset.maxTopLogprobs[kind];
  if (topLogprobs > most)
    throw cannot(`tell more than ${String(most)} alternatives: ask for fewer top_logprobs`);
  return kind === "chat" ? { logprobs: true, top_logprobs: topLogprobs } : { logprobs: topLogprobs };
}

/**
 * Seeds are whole numbers of any sign; TGI refuses those below 0, and elsewhere -1 or 2^32 - 1 may mean to take
 * any. The ones that are left cover 32 bits.
 */
function seedOnWire(seed: number): number {
  const seeds = 2 ** 32 - 1;
  return ((seed % seeds) + seeds) % seeds;
}

const cannot = (what: string): GuardError => new GuardError("invalid_request", `this model cannot ${what}`);
