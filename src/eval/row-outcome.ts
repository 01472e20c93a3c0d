import { Ajv } from "ajv";
import type { ErrorCode } from "../base/index.js";
import { ERROR_CODES } from "../base/index.js";
import type { JudgementFlag } from "../guard/index.js";
import type { JudgedRole } from "../policy/index.js";
import type { Conversation } from "../prompt/index.js";

/** What came of one labelled row; one line of `rows.jsonl`. */
export type RowOutcome = JudgedRow | FailedRow;

interface RowIdentity {
  readonly id: string;
  readonly source: string;
  /** Who wrote the judged message. */
  readonly target: JudgedRole;
  /** Rows that repeat one prompt share a number; see `prompt-groups.ts`. */
  readonly group: number;
  readonly label: "safe" | "unsafe";
  /** As labelled; null where it is not known which. */
  readonly categories: readonly string[] | null;
  /** Only when it was asked for. */
  readonly messages?: Conversation;
}

export interface JudgedRow extends RowIdentity {
  readonly status: "judged";
  /** P(unsafe), 0..1, calibrated where the policy says how. */
  readonly score: number;
  readonly verdict: "safe" | "unsafe";
  /** Violated categories, in policy order. */
  readonly codes: readonly string[];
  readonly flags: readonly JudgementFlag[];
  /** What the model said, from which the verdict under any thresholds and calibration follows. */
  readonly readings: readonly RowReading[];
}

/** One reading of the conversation; codes are always decoded. */
export interface RowReading {
  /** P(unsafe) as the model gave it, 0..1. */
  readonly score: number;
  /** Codes that the answer names. */
  readonly named: readonly string[];
  /** Probability of being named, 0..1, of every code of the policy. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** No verdict: counted as a row that is not covered, never as a safe one. */
export interface FailedRow extends RowIdentity {
  readonly status: "error";
  readonly error: ErrorCode;
}

const CODE = { type: "string", pattern: "^[A-Z][1-9][0-9]?$" } as const;
const CODES = { type: "array", maxItems: 99, items: CODE } as const;
const PROBABILITY = { type: "number", minimum: 0, maximum: 1 } as const;
const NAME = { type: "string", minLength: 1, maxLength: 200 } as const;

const IDENTITY = {
  id: NAME,
  source: NAME,
  target: { enum: ["user", "assistant"] },
  group: { type: "integer", minimum: 0 },
  label: { enum: ["safe", "unsafe"] },
  categories: { anyOf: [CODES, { type: "null" }] },
  messages: { type: "array" },
};
const REQUIRED = ["id", "source", "target", "group", "label", "categories", "status"];

export const isRowOutcome = new Ajv({ discriminator: true }).compile<RowOutcome>({
  type: "object",
  required: ["status"],
  discriminator: { propertyName: "status" },
  oneOf: [
    {
      required: [...REQUIRED, "score", "verdict", "codes", "flags", "readings"],
      properties: {
        ...IDENTITY,
        status: { const: "judged" },
        score: PROBABILITY,
        verdict: { enum: ["safe", "unsafe"] },
        codes: CODES,
        flags: { type: "array", items: { enum: ["delimiter_spoof", "windowed", "low_mass"] } },
        readings: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            required: ["score", "named", "probabilities"],
            properties: {
              score: PROBABILITY,
              named: CODES,
              probabilities: { type: "object", additionalProperties: PROBABILITY },
            },
          },
        },
      },
    },
    {
      required: [...REQUIRED, "error"],
      properties: { ...IDENTITY, status: { const: "error" }, error: { enum: [...ERROR_CODES] } },
    },
  ],
});
