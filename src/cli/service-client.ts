import { GuardError, isErrorCode } from "../base/index.js";

/** What `POST /moderate` answers, as far as people are shown it; `openapi.yaml` has all of it. */
export interface ServiceVerdict {
  readonly verdict: "safe" | "unsafe";
  readonly score: number;
  readonly categories: readonly {
    readonly code: string;
    readonly name: string;
    readonly score: number;
    readonly violated: boolean;
  }[];
  readonly action: string;
  readonly role: string;
  readonly flags: readonly string[];
  readonly policy: { readonly id: string; readonly version: string };
  readonly model: { readonly id: string };
  readonly notice: string;
}

export interface ServiceAddress {
  /** Without a trailing slash. */
  readonly url: string;
  readonly key: string | undefined;
}

/**
 * Asks a service for a verdict.
 *
 * @throws GuardError with the service's own code, or `engine_unavailable` when nothing sensible answers
 */
export async function askService({ url, key }: ServiceAddress, request: object): Promise<ServiceVerdict> {
  const response = await fetch(`${url}/moderate`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(request),
  }).catch((cause: unknown) => {
    throw new GuardError("engine_unavailable", `no service answers at ${url}`, { cause });
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && isVerdict(body)) return body;
  throw problemOf(body) ?? new GuardError("engine_unavailable", `what answers at ${url} is not Portcullis`);
}

/** The service checks its own answers against the contract; here it only has to be one. */
const isVerdict = (body: unknown): body is ServiceVerdict =>
  hasField(body, "verdict") && (body.verdict === "safe" || body.verdict === "unsafe");

function problemOf(body: unknown): GuardError | undefined {
  if (!hasField(body, "error")) return undefined;
  const { error } = body;
  if (!hasField(error, "code") || !hasField(error, "message")) return undefined;
  const code = isErrorCode(error.code) ? error.code : "engine_unavailable";
  return new GuardError(code, String(error.message));
}

const hasField = <Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> =>
  typeof value === "object" && value !== null && name in value;
