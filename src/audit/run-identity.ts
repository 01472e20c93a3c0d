import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { LogInput } from "../logs/index.js";
import { lowestThreshold, type CategoryScoring } from "../guard/index.js";
import { canonicalJson, type CategoryRule, type JudgedRole, type Policy } from "../policy/index.js";
import type { AuditContext } from "./context.js";

/** What of a run is a choice of whoever starts it. Another choice is another run. */
export interface RunOptions {
  readonly context: AuditContext;
  readonly scores: CategoryScoring | "none";
  readonly keepText: boolean;
  /** Messages that make a chunk, and so a file of verdicts. */
  readonly chunkTurns: number;
  /** How logs are read: plain data of the reader's own. */
  readonly logs: Readonly<Record<string, unknown>>;
}

export interface AuditedCategory {
  readonly code: string;
  readonly name: string;
  readonly rules: Readonly<Record<JudgedRole, CategoryRule>>;
}

/** A policy as it judged. */
export interface AuditedPolicy {
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
  /** Of what the model is asked: policies that differ in rules alone have the same. */
  readonly questionSha256: string;
  /**
   * Least P(unsafe) from which codes were decoded: below, a verdict does not know what would have been named, and no
   * lower threshold can be tried on it.
   */
  readonly decodedFrom: Readonly<Record<JudgedRole, number>>;
  readonly notice: string | null;
  readonly categories: readonly AuditedCategory[];
}

export interface AuditedModel {
  readonly id: string;
  readonly sha256: string;
  readonly notice: string;
}

/** What makes a run the run it is: the same identity gives the same verdicts. */
export interface RunIdentity {
  readonly inputs: readonly LogInput[];
  readonly options: RunOptions;
  readonly policies: readonly AuditedPolicy[];
  readonly model: AuditedModel;
}

export const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

/** SHA-256 of all that was asked. */
export const identitySha256 = ({ inputs, options, policies, model }: RunIdentity): string =>
  sha256Of(canonicalJson({ inputs, options, policies, model }));

/** What a policy asks a model, without what is done about the answer. */
export const questionSha256 = ({ template, categories }: Policy): string =>
  sha256Of(
    canonicalJson({
      template,
      categories: categories.map(({ code, promptName, text }) => ({ code, promptName, text })),
    }),
  );

export const auditedPolicy = (policy: Policy, scores: RunOptions["scores"]): AuditedPolicy => {
  const { id, version, sha256, notice, categories } = policy;
  const decodedFrom = (role: JudgedRole): number =>
    scores === "none" ? lowestThreshold(categories, role) : 0;
  return {
    id,
    version,
    sha256,
    questionSha256: questionSha256(policy),
    decodedFrom: { user: decodedFrom("user"), assistant: decodedFrom("assistant") },
    notice,
    categories: categories.map(({ code, name, rules }) => ({ code, name, rules })),
  };
};

/**
 * What tells one run from another, a few words each; empty for the same run.
 * @param there what the folder holds
 * @param asked what is asked for now
 */
export function identityDifferences(there: RunIdentity, asked: RunIdentity): string[] {
  const other: string[] = [];
  const differ = (name: string, one: unknown, two: unknown): void => {
    if (!isDeepStrictEqual(one, two)) other.push(name);
  };
  differ(inputsDiffer(there.inputs, asked.inputs), there.inputs, asked.inputs);
  differ("the model", there.model.sha256, asked.model.sha256);
  const ids = (run: RunIdentity): string[] => run.policies.map(({ id }) => id);
  differ("the list of policies", ids(there), ids(asked));
  for (const { id, sha256 } of asked.policies) {
    const before = there.policies.find((one) => one.id === id);
    if (before !== undefined) differ(`the policy ${id}`, before.sha256, sha256);
  }
  const { logs: logsThere, ...optionsThere } = there.options;
  const { logs, ...options } = asked.options;
  for (const [key, name] of Object.entries(OPTION_NAMES) as [keyof typeof options, string][])
    differ(name, optionsThere[key], options[key]);
  differ("how logs are read", logsThere, logs);
  return other;
}

const OPTION_NAMES = {
  context: "--context",
  scores: "--scores",
  keepText: "--keep-text",
  chunkTurns: "--chunk-turns",
} satisfies Record<Exclude<keyof RunOptions, "logs">, string>;

const inputsDiffer = (there: readonly LogInput[], asked: readonly LogInput[]): string =>
  there.length === asked.length
    ? "the content of the logs"
    : `the number of log files (${String(there.length)} then, ${String(asked.length)} now)`;
