import type { ChatEvent, ChatGateOptions, StageVerdict } from "../../chat/index.js";
import type { GeneratorInfo } from "../../generation/index.js";
import type { Policy } from "../../policy/index.js";
import { verdictOnWire } from "../verdict-on-wire.js";
import type { ChatRecord } from "./chat-record.js";
import type { ReadRequest, UnjudgedFlag } from "./endpoint.js";

type Verdicts = Extract<ChatEvent, { type: "verdicts" }>;

/** What is true of an answer before it begins. */
export interface ChatTerms {
  readonly policy: Policy;
  readonly modes: ChatGateOptions["modes"];
  readonly unjudged: ReadRequest["unjudged"];
  readonly info: Pick<GeneratorInfo, "notice">;
}

/** The field `portcullis` of an answer: all that we know of it and OpenAI's shape has no place for. */
export function chatNote(
  { policy, modes, unjudged, info }: ChatTerms,
  { degraded }: Pick<ChatRecord, "degraded">,
  { input, output, systemLeftOut }: Verdicts,
): object {
  const flags: UnjudgedFlag[] = [...(systemLeftOut ? (["system_not_judged"] as const) : []), ...unjudged];
  return {
    policy: { id: policy.id, version: policy.version, sha256: policy.sha256 },
    modes,
    input: stageOnWire(input),
    output: output.map(stageOnWire),
    degraded,
    flags,
    notice: info.notice,
  };
}

function stageOnWire(verdict: StageVerdict): object | null {
  if (verdict === null) return null;
  return typeof verdict === "string" ? { error: verdict } : verdictOnWire(verdict);
}

/** Value of `x-portcullis-verdict`. What was not judged is never safe; what was never said needs no judge. */
export function verdictWord({ input, output }: Verdicts): "safe" | "unsafe" | "unjudged" {
  const all = [input, ...output];
  const isUnsafe = (one: StageVerdict): boolean =>
    one !== null && typeof one !== "string" && one.verdict === "unsafe";
  if (all.some(isUnsafe)) return "unsafe";
  return input === null || all.some((one) => typeof one === "string") ? "unjudged" : "safe";
}

/** Value of `x-portcullis-degraded`; null for no such header. */
export const degradedStages = ({ degraded }: Pick<ChatRecord, "degraded">): string | null =>
  degraded.length === 0 ? null : [...new Set(degraded.map(({ stage }) => stage))].join(", ");
