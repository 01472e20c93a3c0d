import { Ajv } from "ajv";
import { GuardError } from "../../base/index.js";
import { readLines } from "../../dataset/index.js";
import type { Policy } from "../../policy/index.js";
import type { Conversation } from "../../prompt/index.js";

/** A conversation, and what a policy's author wants said of its last message. */
export interface PolicyExample {
  readonly id: string;
  readonly messages: Conversation;
  readonly verdict: "safe" | "unsafe";
  /** Codes of which at least one must be violated; only with `unsafe`. */
  readonly categories?: readonly string[];
  /** Ends, included, between which P(unsafe) must lie. */
  readonly minScore?: number;
  readonly maxScore?: number;
  /**
   * Models that are known to get it wrong, and why. Such a failure is no news and its end is: an example that
   * passes in spite of its mark fails the test until the mark is taken away.
   */
  readonly knownFailures?: readonly { readonly model: string; readonly reason: string }[];
}

const NAME = { type: "string", minLength: 1, maxLength: 200 } as const;
const PROBABILITY = { type: "number", minimum: 0, maximum: 1 } as const;

const isExample = new Ajv().compile<PolicyExample>({
  type: "object",
  required: ["id", "messages", "verdict"],
  additionalProperties: false,
  properties: {
    id: NAME,
    messages: {
      type: "array",
      minItems: 1,
      maxItems: 1_000,
      items: {
        type: "object",
        required: ["role", "content"],
        additionalProperties: false,
        properties: { role: { enum: ["user", "assistant"] }, content: { type: "string", minLength: 1 } },
      },
    },
    verdict: { enum: ["safe", "unsafe"] },
    categories: {
      type: "array",
      minItems: 1,
      uniqueItems: true,
      items: { type: "string", pattern: "^[A-Z][1-9][0-9]?$" },
    },
    minScore: PROBABILITY,
    maxScore: PROBABILITY,
    knownFailures: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["model", "reason"],
        additionalProperties: false,
        properties: { model: NAME, reason: { type: "string", minLength: 8, maxLength: 300 } },
      },
    },
  },
});

/** Examples are written by hand and judged one by one; more belong into a data set. */
const MAX_EXAMPLES = 10_000;

/** @throws GuardError `invalid_config` naming file, line and field, never the text of an example */
export async function readExamples(
  path: string,
  policy: Policy,
  signal: AbortSignal,
): Promise<PolicyExample[]> {
  const examples: PolicyExample[] = [];
  const seen = new Set<string>();
  for await (const { text, number } of readLines(path, signal)) {
    const fault = faultOf(text, policy, seen);
    if (typeof fault === "string")
      throw new GuardError("invalid_config", `${path}, line ${String(number)}: ${fault}`);
    seen.add(fault.id);
    if (examples.push(fault) > MAX_EXAMPLES)
      throw new GuardError("invalid_config", `${path} has more than ${String(MAX_EXAMPLES)} examples`);
  }
  if (examples.length === 0) throw new GuardError("invalid_config", `${path} has no examples`);
  return examples;
}

/** @returns the example, or what is wrong with it */
function faultOf(
  text: string,
  { id: policy, categories }: Policy,
  seen: ReadonlySet<string>,
): PolicyExample | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return "is not JSON";
  }
  if (!isExample(json)) {
    const [fault] = isExample.errors ?? [];
    return `${fault?.instancePath || "the example"} ${String(fault?.message)}`;
  }
  if (seen.has(json.id)) return "/id stands in the file already";
  const foreign = json.categories?.find((code) => !categories.some((category) => category.code === code));
  if (foreign !== undefined) return `/categories names ${foreign}, which ${policy} does not have`;
  if (json.verdict === "safe" && json.categories !== undefined)
    return "/categories makes no sense for a safe example";
  if ((json.minScore ?? 0) > (json.maxScore ?? 1)) return "/minScore is above /maxScore";
  return json;
}
