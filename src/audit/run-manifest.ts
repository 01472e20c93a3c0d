import { readFile } from "node:fs/promises";
import { Ajv } from "ajv";
import { GuardError } from "../base/index.js";
import { canonicalJson } from "../policy/index.js";
import type { RunFile } from "./journal.js";
import { inRun, RUN_FILES } from "./run-folder.js";
import { identitySha256, sha256Of, type RunIdentity } from "./run-identity.js";
import type { FaultCounts } from "./run-tables.js";
import type { VerdictCounts } from "./signature.js";
import type { TokensUsed } from "./tokens-used.js";

export interface RunCounts extends VerdictCounts, FaultCounts {
  readonly conversations: number;
  /** Rows whose question another row of the run asks as well. */
  readonly duplicates: number;
}

/** A file of a finished run; each entry seals those before it. */
export interface SealedFile extends RunFile {
  /** SHA-256 over the entry before and this one; the first one starts from what the run was asked. */
  readonly chain: string;
}

/** What a finished run says of itself: `run.json`. */
export interface RunManifest extends RunIdentity {
  readonly format: "portcullis-audit";
  readonly formatVersion: 1;
  /** Version of the program. */
  readonly portcullis: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Of work, breaks left out. */
  readonly seconds: number;
  readonly used: TokensUsed;
  readonly counts: RunCounts;
  /** Of a run made from another one under other rules: that one's signature. */
  readonly replayOf: string | null;
  readonly files: readonly SealedFile[];
  /** Of all verdicts, see `createTally`. */
  readonly signature: string;
  /** SHA-256 of everything above. */
  readonly seal: string;
}

/** Links each file to those before it and to what was asked. */
export function chainFiles(identity: RunIdentity, files: readonly RunFile[]): SealedFile[] {
  let before = identitySha256(identity);
  return files.map(({ path, sha256, rows }) => {
    before = sha256Of(canonicalJson({ before, path, sha256, rows }));
    return { path, sha256, rows, chain: before };
  });
}

export const sealOf = (manifest: Omit<RunManifest, "seal">): string => sha256Of(canonicalJson(manifest));

const sha256 = { type: "string", pattern: "^[0-9a-f]{64}$" };
const count = { type: "integer", minimum: 0 };
const object = (properties: Readonly<Record<string, object>>, more: object = {}): object => ({
  type: "object",
  required: Object.keys(properties),
  properties,
  ...more,
});
const rule = object({
  threshold: { type: "number" },
  action: { enum: ["block", "flag", "allow"] },
});

const isRunManifest = new Ajv({ allowUnionTypes: true }).compile<RunManifest>(
  object({
    format: { const: "portcullis-audit" },
    formatVersion: { const: 1 },
    portcullis: { type: "string" },
    inputs: { type: "array", items: { type: "object" } },
    options: object({
      context: { type: ["string", "integer"] },
      scores: { enum: ["none", "listed", "independent"] },
      keepText: { type: "boolean" },
      chunkTurns: count,
      logs: { type: "object" },
    }),
    policies: {
      type: "array",
      minItems: 1,
      items: object({
        id: { type: "string" },
        version: { type: "string" },
        sha256,
        questionSha256: sha256,
        decodedFrom: object({ user: { type: "number" }, assistant: { type: "number" } }),
        notice: { type: ["string", "null"] },
        categories: {
          type: "array",
          items: object({
            code: { type: "string" },
            name: { type: "string" },
            rules: object({ user: rule, assistant: rule }),
          }),
        },
      }),
    },
    model: object({ id: { type: "string" }, sha256, notice: { type: "string" } }),
    startedAt: { type: "string" },
    finishedAt: { type: "string" },
    seconds: { type: "number" },
    used: object({ promptTokens: count, cachedTokens: count, computedTokens: count }),
    counts: object({
      conversations: count,
      turns: count,
      rows: count,
      judged: count,
      unsafe: count,
      failed: count,
      notJudged: count,
      unread: count,
      faults: count,
      unreadRecords: count,
      unreadInputs: count,
      duplicates: count,
    }),
    replayOf: { type: ["string", "null"] },
    files: {
      type: "array",
      items: object({
        // Nothing outside the folder can be named.
        path: { type: "string", pattern: "^(verdicts/part-\\d{6,}\\.parquet|faults\\.parquet)$" },
        sha256,
        rows: count,
        chain: sha256,
      }),
    },
    signature: sha256,
    seal: sha256,
  }),
);

/**
 * @returns null where the folder holds no finished run
 * @throws GuardError `invalid_config` for a `run.json` that is none of ours
 */
export async function readRunManifest(dir: string): Promise<RunManifest | null> {
  const text = await readFile(inRun(dir, RUN_FILES.manifest), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw error;
    },
  );
  if (text === null) return null;
  const manifest = parse(text);
  if (isRunManifest(manifest)) return manifest;
  throw new GuardError("invalid_config", `${dir}/${RUN_FILES.manifest} is not that of an audit`);
}

/** @throws GuardError `invalid_config` where there is no finished run */
export async function requireRun(dir: string): Promise<RunManifest> {
  const manifest = await readRunManifest(dir);
  if (manifest !== null) return manifest;
  throw new GuardError("invalid_config", `${dir} holds no finished audit: there is no ${RUN_FILES.manifest}`);
}

/** Paths of the files of verdicts, in order. */
export const verdictFiles = ({ files }: Pick<RunManifest, "files">): string[] =>
  files.flatMap(({ path }) => (path.startsWith(`${RUN_FILES.verdicts}/`) ? [path] : []));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
