import { GuardError } from "../base/index.js";
import type { Answer } from "./exchange.js";

/** What was asked for, to say what to do about a no. */
export interface Ask {
  readonly endpoint: string;
  readonly repository: string;
  readonly revision: string;
  readonly hasToken: boolean;
  /** Absent where the repository itself was asked about. */
  readonly path?: string;
}

/**
 * What an answer without content means. Faults that may pass carry `retryAfterMs`. The hub's own sentences
 * are compared, never repeated: a mirror may write anything.
 *
 * @see huggingface_hub, `utils/_http.py`, `hf_raise_for_status`
 */
export function refusal(
  { status, headers, fromHub }: Pick<Answer, "status" | "headers" | "fromHub">,
  ask: Ask,
): GuardError {
  const host = new URL(ask.endpoint).host;
  const retryAfterMs = readRetryAfterMs(headers.get("retry-after"));
  const http = `HTTP ${String(status)}`;
  if (status === 429)
    return new GuardError(
      "upstream_failed",
      `${host} asks for fewer requests (${http}): try again in ${String(Math.ceil(retryAfterMs / 1000) || 60)} s` +
        (ask.hasToken ? "" : "; a token in HF_TOKEN raises the limit"),
      { retryAfterMs },
    );
  if (status === 408 || status >= 500)
    return new GuardError("upstream_failed", `${host} has a fault of its own (${http}): try again later`, {
      retryAfterMs,
    });
  if (!fromHub)
    // Addresses of storages are signed for a while; asking the hub again gives a new one.
    return new GuardError("upstream_failed", `the storage behind ${host} refuses (${http}): try again`, {
      retryAfterMs,
    });
  return (
    accessRefusal(status, headers, ask) ?? new GuardError("upstream_failed", `${host} refuses (${http})`)
  );
}

/** What the person in front of the keyboard can change. */
function accessRefusal(status: number, headers: Headers, ask: Ask): GuardError | null {
  const { endpoint, repository, hasToken } = ask;
  const code = headers.get("x-error-code");
  const message = headers.get("x-error-message");
  const page = `${endpoint}/${repository}`;
  const wrong = (sentence: string): GuardError => new GuardError("invalid_config", sentence);

  if (message === "Invalid credentials in Authorization header")
    return wrong(
      `${endpoint} does not know the token in HF_TOKEN: make a new one at ${endpoint}/settings/tokens, ` +
        "or unset it for repositories that are open to all",
    );
  if (code === "GatedRepo")
    return wrong(
      hasToken
        ? `the account of HF_TOKEN may not read ${repository} yet: ask for access at ${page} and wait for the ` +
            "grant; a fine-grained token must also allow reading gated repositories"
        : `${repository} is gated: accept its licence at ${page}, then set HF_TOKEN to a token of that account ` +
            `(${endpoint}/settings/tokens)`,
    );
  if (message === "Access to this resource is disabled.")
    return wrong(`${repository} has been disabled at ${endpoint}: choose another repository`);
  if (code === "RevisionNotFound")
    return wrong(`${repository} has no revision ${ask.revision}: see ${page}/commits for those it has`);
  if (code === "EntryNotFound")
    return wrong(`${repository} has no ${ask.path ?? "such file"} at that revision`);
  // The hub answers 401 rather than 404 to strangers, so as not to tell which private repositories exist.
  if (code === "RepoNotFound" || status === 401 || status === 404)
    return wrong(
      `there is no ${repository} at ${endpoint}, or it is private: check the name` +
        (hasToken ? ", and that the account of HF_TOKEN may read it" : ", or set HF_TOKEN"),
    );
  if (status === 403) return wrong(`${endpoint} forbids reading ${repository} (HTTP 403): see ${page}`);
  return null;
}

/** Seconds or a date; 0 where there is neither. */
function readRetryAfterMs(header: string | null): number {
  const ms = /^\d{1,9}$/.test(header ?? "") ? Number(header) * 1000 : Date.parse(header ?? "") - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
