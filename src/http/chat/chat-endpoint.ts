import { GuardError } from "../../base/index.js";
import type { GenerationRequest, GeneratorInfo, ToolDefinition } from "../../generation/index.js";
import { parserOf } from "../contract.js";
import { CHAT_DIALECT } from "./chat-dialect.js";
import { chatMessagesOf, type WireMessage } from "./chat-messages.js";
import type { CommonRequest } from "./common-request.js";
import type { Endpoint, ReadRequest } from "./endpoint.js";
import { samplingOf } from "./sampling-of.js";

interface ChatCompletionRequest extends CommonRequest {
  readonly messages: readonly WireMessage[];
  readonly max_completion_tokens?: number | null;
  readonly logprobs?: boolean | null;
  readonly top_logprobs?: number | null;
  readonly tools?: readonly WireTool[] | null;
  readonly tool_choice?:
    "none" | "auto" | "required" | { readonly function: { readonly name: string } } | null;
  readonly parallel_tool_calls?: boolean | null;
}

interface WireTool {
  readonly function: { readonly name: string; readonly description?: string; readonly parameters?: object };
}

/** `/v1/chat/completions`. */
export const CHAT_ENDPOINT: Endpoint<ChatCompletionRequest> = {
  parse: parserOf("CreateChatCompletionRequest"),
  read(request, info, policy) {
    const { messages, contentLeftOut } = chatMessagesOf(request.messages, policy.unjudgeable);
    const tools = toolsOf(request, info);
    const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? null;
    const unjudged: ReadRequest["unjudged"] = [
      ...(tools.tools === undefined ? [] : (["tools_not_judged"] as const)),
      ...(contentLeftOut ? (["unjudged_content"] as const) : []),
    ];
    return {
      generation: {
        input: { kind: "chat", messages },
        choices: request.n ?? 1,
        sampling: samplingOf(request, maxTokens, topLogprobsOf(request), info),
        ...tools,
      },
      unjudged,
    };
  },
  createDialect: () => CHAT_DIALECT,
};

function topLogprobsOf({ logprobs, top_logprobs: top }: ChatCompletionRequest): number | null {
  if (logprobs === true) return top ?? 0;
  if (top !== undefined && top !== null) throw fault("/top_logprobs", "needs logprobs to be true");
  return null;
}

/** Empty where there is nothing to call: frameworks send empty lists, and `none`, all the time. */
function toolsOf(
  { messages, tools, tool_choice: choice, parallel_tool_calls: parallel }: ChatCompletionRequest,
  info: Pick<GeneratorInfo, "tools">,
): Pick<GenerationRequest, "tools" | "toolChoice"> {
  const spoken = messages.findIndex(
    ({ role, tool_calls: calls }) => role === "tool" || (calls ?? []).length > 0,
  );
  if (!info.tools && spoken >= 0)
    throw fault(`/messages/${String(spoken)}`, "this model neither calls tools nor reads what they answer");
  if (tools === undefined || tools === null || tools.length === 0) {
    if (typeof choice === "object" && choice !== null) throw fault("/tool_choice", "there are no tools");
    if (choice === "required") throw fault("/tool_choice", "there are no tools");
    return {};
  }
  if (!info.tools) {
    if (choice === "none") return {};
    throw fault("/tools", "this model calls no tools; leave them out");
  }
  if (parallel === false)
    throw fault("/parallel_tool_calls", "that a model calls one tool only cannot be promised");
  const definitions = tools.map(({ function: { name, description, parameters } }): ToolDefinition => ({
    name,
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && { parameters }),
  }));
  if (choice === undefined || choice === null) return { tools: definitions };
  if (typeof choice === "string") return { tools: definitions, toolChoice: choice };
  const { name } = choice.function;
  if (!definitions.some((tool) => tool.name === name))
    throw fault("/tool_choice/function/name", "none of the tools is called so");
  return { tools: definitions, toolChoice: { name } };
}

const fault = (pointer: string, message: string): GuardError =>
  new GuardError("invalid_request", `${pointer}: ${message}`, { pointer });
