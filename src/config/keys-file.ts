import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { Ajv } from "ajv";
import { GuardError, lazyValidator } from "../base/index.js";

/** A key that callers may use. The key itself is never stored. */
export interface ApiKey {
  /** Names the caller in logs and limits. */
  readonly id: string;
  /** SHA-256 of the key, lower-case hex. Keys are 256 random bits, so a plain hash is enough. */
  readonly sha256: string;
  /** Most requests in a minute; absent for no limit. */
  readonly requestsPerMinute?: number;
  /** Most tokens computed in a minute; absent for no limit. */
  readonly tokensPerMinute?: number;
}

/** What `echo -n "$KEY" | sha256sum` prints when there is no such variable. */
const SHA256_OF_NOTHING = createHash("sha256").update("").digest("hex");

/** Regular expression, as JSON schema has it. */
export const KEY_ID_PATTERN = "^[a-z0-9][a-z0-9._-]{0,63}$";

const perMinute = { type: "integer", minimum: 1, maximum: 1_000_000_000 };

const isKeysFile = lazyValidator(() =>
  new Ajv().compile<{ keys: ApiKey[] }>({
    type: "object",
    additionalProperties: false,
    required: ["keys"],
    properties: {
      keys: {
        type: "array",
        minItems: 1,
        maxItems: 10_000, // all of them are held in memory and looked through at start
        items: {
          type: "object",
          additionalProperties: false,
          required: ["id", "sha256"],
          properties: {
            id: { type: "string", pattern: KEY_ID_PATTERN },
            sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
            requestsPerMinute: perMinute,
            tokensPerMinute: perMinute,
          },
        },
      },
    },
  }),
);

/**
 * @param path absolute
 * @throws GuardError `invalid_config` saying what is wrong where
 */
export function readKeysFile(path: string): readonly ApiKey[] {
  const parsed = parse(path);
  if (!isKeysFile(parsed)) {
    const fault = isKeysFile.errors?.[0];
    throw invalid(path, `${fault?.instancePath ?? ""} ${fault?.message ?? "is not a keys file"}`);
  }
  for (const field of ["id", "sha256"] as const) {
    const seen = new Set<string>();
    for (const [index, key] of parsed.keys.entries()) {
      if (seen.has(key[field])) throw invalid(path, `/keys/${String(index)}/${field} appears twice`);
      seen.add(key[field]);
    }
  }
  const nothing = parsed.keys.findIndex(({ sha256 }) => sha256 === SHA256_OF_NOTHING);
  if (nothing >= 0)
    throw invalid(path, `/keys/${String(nothing)}/sha256 is that of an empty key; was a variable unset?`);
  return parsed.keys;
}

/** Whether users of the machine other than the owner and the group may read the file. */
export const isWorldReadable = (path: string): boolean => (statSync(path).mode & 0o004) !== 0;

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw invalid(path, cause instanceof SyntaxError ? "is not JSON" : "cannot be read", cause);
  }
}

const invalid = (path: string, fault: string, cause?: unknown): GuardError =>
  new GuardError("invalid_config", `keys file ${path}: ${fault.trim()}`, { cause });
