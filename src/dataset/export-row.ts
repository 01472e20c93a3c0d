import type { PromptSpan } from "../model/index.js";
import type { Policy } from "../policy/index.js";
import type { PromptTemplate } from "../prompt/index.js";
import type { LabelledRow } from "./labelled-row.js";
import { randomOf } from "./draw.js";
import {
  guardAnswer,
  guardQuestion,
  holdsControlText,
  trainingExample,
  type TrainingExample,
} from "./training-example.js";
import { varyCategories, type Listing } from "./vary-categories.js";

/** Why something of a data set is not among the training examples. */
export type LeftOut = "unknown_categories" | "foreign_code" | "control_text" | "too_long";

export type Exported =
  | { readonly example: TrainingExample; readonly label: "safe" | "unsafe"; readonly varied: boolean }
  | { readonly leftOut: LeftOut };

export interface ExportOptions {
  readonly policy: Policy;
  readonly template: PromptTemplate;
  /** Whether unsafe rows go along whose categories are not known, as `unsafe` without codes. */
  readonly keepUnknown: boolean;
  /** How many more examples to make of each row, each before a varied policy. */
  readonly variations: number;
  /** The same seed gives a row the same variations, whatever else is exported. */
  readonly seed: number;
  /** Leaves out what is longer; null for examples of any length. */
  readonly tokenLimit: TokenLimit | null;
}

export interface TokenLimit {
  /** Most tokens of an example, its beginning and ending tokens included. */
  readonly maxTokens: number;
  /** Tokens of spans, controls included. */
  count(spans: readonly PromptSpan[]): number;
}

/** The token that TRL adds to every answer. */
const ENDING = 1;

/** What becomes of one row: examples, and reasons where there is none. */
export function exportRow(row: LabelledRow, options: ExportOptions): Exported[] {
  const { categories } = options.policy;
  const listing: Listing = { categories, violated: row.categories };
  const reason = reasonAgainst(row, options);
  if (reason !== null) return [{ leftOut: reason }];
  const varied = Array.from({ length: options.variations }, (_, copy) =>
    varyCategories(listing, randomOf(options.seed, row.source, row.id, copy)),
  );
  return [listing, ...varied].map((one) => exportListing(row, one, one !== listing, options));
}

function reasonAgainst(row: LabelledRow, { policy, keepUnknown }: ExportOptions): LeftOut | null {
  if (holdsControlText(row.messages)) return "control_text";
  if (row.categories === null) return keepUnknown ? null : "unknown_categories";
  const codes = new Set(policy.categories.map(({ code }) => code));
  return row.categories.every((code) => codes.has(code)) ? null : "foreign_code";
}

function exportListing(
  { messages }: LabelledRow,
  listing: Listing,
  varied: boolean,
  { template, tokenLimit }: ExportOptions,
): Exported {
  const question = guardQuestion(template, listing, messages);
  const answer = guardAnswer(template, listing);
  if (
    tokenLimit !== null &&
    tokenLimit.count([...question, { text: answer }]) + ENDING > tokenLimit.maxTokens
  )
    return { leftOut: "too_long" };
  const label = listing.violated?.length === 0 ? "safe" : "unsafe";
  return { example: trainingExample(question, answer), label, varied };
}
