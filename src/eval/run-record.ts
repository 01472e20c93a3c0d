import { createHash } from "node:crypto";
import { basename } from "node:path";
import { Ajv } from "ajv";
import { packageVersion } from "../base/index.js";
import type { EngineInfo } from "../engine/index.js";
import type { Policy } from "../policy/index.js";

export const RUN_FORMAT = "portcullis-eval-run/1";

/** How rows came to be judged: `run.json`, written before the first of them. */
export interface RunRecord {
  readonly format: typeof RUN_FORMAT;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly model: { readonly id: string; readonly sha256: string; readonly notice: string };
  readonly policy: { readonly id: string; readonly version: string; readonly sha256: string };
  /** SHA-256 of what the model is shown of the policy: readings serve every policy that asks the same. */
  readonly question: string;
  readonly data: {
    /** Names of the files, without folders. */
    readonly files: readonly string[];
    /** Rows in them. */
    readonly rows: number;
    /** Rows to be judged: all of them, or as many as were drawn with the seed. */
    readonly chosen: number;
    readonly seed: number;
  };
  readonly versions: { readonly portcullis: string; readonly node: string };
}

export const createRunRecord = (
  files: readonly string[],
  counts: Pick<RunRecord["data"], "rows" | "chosen" | "seed">,
  { policy, info }: { readonly policy: Policy; readonly info: EngineInfo },
): RunRecord => ({
  format: RUN_FORMAT,
  startedAt: new Date().toISOString(),
  model: modelOf(info),
  policy: identityOf(policy),
  question: questionHash(policy),
  data: { files: files.map((file) => basename(file)), ...counts },
  versions: { portcullis: packageVersion(), node: process.versions.node },
});

const modelOf = ({ modelId, modelSha256, notice }: EngineInfo): RunRecord["model"] => ({
  id: modelId,
  sha256: modelSha256,
  notice,
});

export const identityOf = ({ id, version, sha256 }: Policy): RunRecord["policy"] => ({ id, version, sha256 });

/** Two policies with the same hash differ at most in thresholds, actions and calibration. */
export const questionHash = ({ template, categories }: Policy): string =>
  createHash("sha256")
    .update(
      JSON.stringify([template, categories.map(({ code, promptName, text }) => [code, promptName, text])]),
    )
    .digest("hex");

const TEXT = { type: "string", maxLength: 10_000 } as const;
const DIGEST = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;
const COUNT = { type: "integer", minimum: 0 } as const;
const record = (properties: Record<string, object>) =>
  ({ type: "object", required: Object.keys(properties), properties }) as const;

export const isRunRecord = new Ajv().compile<RunRecord>(
  record({
    format: { const: RUN_FORMAT },
    startedAt: TEXT,
    model: record({ id: TEXT, sha256: DIGEST, notice: TEXT }),
    policy: record({ id: TEXT, version: TEXT, sha256: DIGEST }),
    question: DIGEST,
    data: record({ files: { type: "array", items: TEXT }, rows: COUNT, chosen: COUNT, seed: COUNT }),
    versions: record({ portcullis: TEXT, node: TEXT }),
  }),
);
