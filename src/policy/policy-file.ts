import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { PACKAGE_ROOT, lazyValidator } from "../base/index.js";
import { escapePointer } from "./json-syntax.js";
import type { ChatRules } from "./chat-rules.js";
import type { JudgedRole, PolicyAction } from "./policy.js";
import type { PolicyFault } from "./policy-fault.js";
import type { PromptTemplateName } from "./template-name.js";

interface RuleFile {
  readonly threshold?: number;
  readonly action?: PolicyAction;
}

export interface CategoryFile extends RuleFile {
  readonly code: string;
  readonly name: string;
  readonly promptName?: string;
  readonly text?: string;
  readonly roles?: Partial<Readonly<Record<JudgedRole, RuleFile>>>;
  readonly openai?: readonly string[];
}

/** A policy as people write it: `policies/policy.schema.json` says what each field means. */
export interface PolicyFile {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly template: PromptTemplateName;
  readonly notice?: string | null;
  readonly defaults?: RuleFile;
  readonly categories: readonly CategoryFile[];
  readonly refusal?: { readonly default: string; readonly locales?: Readonly<Record<string, string>> };
  readonly modes?: Partial<ChatRules["modes"]>;
  readonly unjudgeable?: ChatRules["unjudgeable"];
}

const schema = JSON.parse(readFileSync(join(PACKAGE_ROOT, "policies/policy.schema.json"), "utf8")) as object;

const validate = lazyValidator(() =>
  new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true }).compile<PolicyFile>(schema),
);

/** The file when it has the shape of the schema, else everything that is wrong with its shape. */
export function readPolicyFile(value: unknown): PolicyFile | readonly PolicyFault[] {
  return validate(value) ? value : (validate.errors ?? []).map(describeShapeFault);
}

/** What a person has to change; the schema's descriptions finish the sentence. */
export function describeShapeFault({
  keyword,
  instancePath,
  params,
  parentSchema,
  message,
}: ErrorObject): PolicyFault {
  const known = parentSchema as { properties?: object; description?: string } | undefined;
  switch (keyword) {
    case "required":
      return { pointer: `${instancePath}/${String(params["missingProperty"])}`, message: "is missing" };
    case "additionalProperties": {
      const name = escapePointer(String(params["additionalProperty"]));
      const names = Object.keys(known?.properties ?? {}).join(", ");
      return { pointer: `${instancePath}/${name}`, message: `is not a field; there are ${names}` };
    }
    default:
      return { pointer: instancePath, message: `must be ${known?.description ?? message ?? "different"}` };
  }
}
