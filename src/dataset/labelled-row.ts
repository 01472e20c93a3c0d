import { Ajv, type ErrorObject } from "ajv";
import type { JudgedRole } from "../policy/index.js";
import { judgedMessage, type Conversation, type Message } from "../prompt/index.js";
import { lazyValidator } from "../base/index.js";

/** A conversation and what people, or a rule, found its last message to be. */
export interface LabelledRow {
  readonly id: string;
  /** The data set it comes from. */
  readonly source: string;
  /** The part of it, such as `train`, `dev` or `test`. */
  readonly split: string;
  /** The label is about the last message; the others are its context. */
  readonly messages: Conversation;
  /** Who wrote the last message. */
  readonly target: JudgedRole;
  readonly label: "safe" | "unsafe";
  /**
   * Codes of the categories violated, empty for a safe row, null where it is not known which. They are codes of the
   * policy that the data set was labelled by, which no row names.
   */
  readonly categories: readonly string[] | null;
}

interface RowFile {
  readonly id: string;
  readonly source: string;
  readonly split: string;
  readonly messages: Conversation;
  readonly target: JudgedRole;
  readonly label: "safe" | "unsafe";
  readonly categories: readonly string[];
  readonly categories_known: boolean;
}

const NAME = { type: "string", minLength: 1, maxLength: 200 } as const;
const ROLE = { enum: ["user", "assistant"] } as const;

/** Fields beyond these are someone's notes and are passed over. */
const isRow = lazyValidator(() =>
  new Ajv().compile<RowFile>({
    type: "object",
    required: ["id", "source", "split", "messages", "target", "label", "categories", "categories_known"],
    properties: {
      id: NAME,
      source: NAME,
      split: NAME,
      messages: {
        type: "array",
        minItems: 1,
        maxItems: 10_000, // a message takes some tokens: no context holds as many
        items: {
          type: "object",
          required: ["role", "content"],
          properties: { role: ROLE, content: { type: "string" } },
        },
      },
      target: ROLE,
      label: { enum: ["safe", "unsafe"] },
      categories: {
        type: "array",
        maxItems: 99, // as many as a policy may have
        uniqueItems: true,
        items: { type: "string", pattern: "^[A-Z][0-9]{1,2}$" },
      },
      categories_known: { type: "boolean" },
    },
  }),
);

/** @returns the row, or what is wrong with it in words that quote nothing of it */
export function parseLabelledRow(text: string): LabelledRow | { readonly fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { fault: "is not JSON" };
  }
  if (!isRow(json)) return { fault: describe(isRow.errors ?? []) };
  const { id, source, split, target, label, categories, categories_known: known } = json;
  const [first, ...rest] = json.messages;
  if (judgedMessage(json.messages).role !== target)
    return { fault: "/target is not the role of the last message" };
  if ((label === "safe" || !known) && categories.length > 0)
    return { fault: "/categories names some, though the row is safe or says that they are not known" };
  if (label === "unsafe" && known && categories.length === 0)
    return { fault: "/categories is empty, though the row is unsafe and says that they are known" };
  return {
    ...{ id, source, split, target, label },
    messages: [bare(first), ...rest.map(bare)],
    categories: label === "unsafe" && !known ? null : categories,
  };
}

/** Without what else a data set may know of a message. */
const bare = ({ role, content }: Message): Message => ({ role, content });

const describe = ([fault]: ErrorObject[]): string =>
  `${fault?.instancePath === "" ? "the row" : String(fault?.instancePath)} ${String(fault?.message)}`;
