import { Unreadable } from "../unreadable.js";
import { answersIn, requestTurns, type Turns } from "./exchange.js";
import { field, has, isObject, keyOf, unfolded, type JsonObject } from "./fields.js";
import { isoUtc } from "./iso-utc.js";
import type { FormatReader } from "./reading.js";

/**
 * Spend logs of LiteLLM, gathered by session in the order of their start. What was asked is in `messages`, or, where
 * that is empty, in `proxy_server_request`; both are empty unless the proxy stores prompts.
 */
export const litellm: FormatReader = {
  format: "litellm",
  read(record) {
    if (!has(record, "request_id", "startTime", "call_type")) return null;
    const requests = asked(record) ?? [];
    const answers = answersIn(field(record, "response"));
    if (requests.length === 0 && answers.length === 0)
      throw new Unreadable("empty_conversation", "the proxy stored neither request nor response");
    const at = isoUtc(field(record, "startTime"));
    const group = keyOf(field(record, "session_id")) ?? keyOf(field(record, "request_id"));
    if (group === null) throw new Unreadable("bad_content", "neither session_id nor request_id is a text");
    return {
      piece: { group, kind: "call", order: at === null ? null : Date.parse(at), requests, answers, at },
    };
  },
};

function asked(record: JsonObject): readonly Turns[] | null {
  const messages = unfolded(field(record, "messages"));
  if (Array.isArray(messages) && messages.length > 0) return requestTurns({ messages });
  if (typeof messages === "string" && messages !== "") return requestTurns({ prompt: messages });
  const request = unfolded(field(record, "proxy_server_request"));
  return requestTurns(isObject(request) && has(request, "body") ? field(request, "body") : request);
}
