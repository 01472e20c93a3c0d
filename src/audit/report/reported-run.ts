import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { GuardError } from "../../base/index.js";

/** What a report needs of the `run.json` of a finished run. */
export interface ReportedRun {
  readonly portcullis: string;
  readonly inputs: readonly ReportedInput[];
  readonly policies: readonly ReportedPolicy[];
  readonly model: { readonly id: string; readonly sha256: string; readonly notice: string };
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Of work, breaks left out. */
  readonly seconds: number;
  readonly used: {
    readonly promptTokens: number;
    readonly cachedTokens: number;
    readonly computedTokens: number;
  };
  readonly counts: {
    readonly conversations: number;
    /** Messages; each is judged once under every policy. */
    readonly turns: number;
    /** Records of the logs that were not read. */
    readonly unreadRecords: number;
    /** Rows whose question another row of the run asks as well. */
    readonly duplicates: number;
  };
  readonly files: readonly { readonly path: string }[];
  readonly signature: string;
  readonly seal: string;
}

export interface ReportedInput {
  /** As the user named it. */
  readonly source: string;
  /** Null where it was not known beforehand, as of the standard input. */
  readonly bytes: number | null;
  /** Time of its last change, or its ETag. */
  readonly version: string | null;
  readonly sha256?: string;
}

interface ReportedRule {
  /** 0..1 */
  readonly threshold: number;
  readonly action: "block" | "flag" | "allow";
}

export interface ReportedPolicy {
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
  readonly notice: string | null;
  readonly categories: readonly {
    readonly code: string;
    readonly name: string;
    readonly rules: { readonly user: ReportedRule; readonly assistant: ReportedRule };
  }[];
}

const text = { type: "string" };
const number = { type: "number", minimum: 0 };
const numberOrNull = { type: ["number", "null"] };
const object = (properties: Readonly<Record<string, object>>): object => ({
  type: "object",
  required: Object.keys(properties),
  properties,
});
const list = (items: object, more: object = {}): object => ({ type: "array", items, ...more });
const rule = object({ threshold: number, action: { enum: ["block", "flag", "allow"] } });

const isReportedRun = new Ajv().compile<ReportedRun>(
  object({
    portcullis: text,
    inputs: list(object({ source: text, bytes: numberOrNull, version: { type: ["string", "null"] } })),
    policies: list(
      object({
        id: text,
        version: text,
        sha256: text,
        notice: { type: ["string", "null"] },
        categories: list(object({ code: text, name: text, rules: object({ user: rule, assistant: rule }) })),
      }),
      { minItems: 1 },
    ),
    model: object({ id: text, sha256: text, notice: text }),
    startedAt: text,
    finishedAt: text,
    seconds: number,
    used: object({ promptTokens: number, cachedTokens: number, computedTokens: number }),
    counts: object({ conversations: number, turns: number, unreadRecords: number, duplicates: number }),
    // Nothing outside the run's folder can be named.
    files: list(object({ path: { type: "string", pattern: "^(verdicts/part-\\d{6,}|faults)\\.parquet$" } })),
    signature: text,
    seal: text,
  }),
);

/** @throws GuardError `invalid_config` where the folder holds no finished run */
export async function readReportedRun(dir: string): Promise<ReportedRun> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(join(dir, "run.json"), "utf8"));
  } catch (cause) {
    throw new GuardError("invalid_config", `${dir} holds no finished audit: run.json cannot be read`, {
      cause,
    });
  }
  if (isReportedRun(manifest)) return manifest;
  throw new GuardError("invalid_config", `${dir}/run.json is not that of an audit`);
}
