import { GuardError } from "../base/index.js";
import { SERVERS, type ServerName } from "../line/index.js";
import { LLAMA_CPP_DIALECT } from "./llama-cpp-dialect.js";
import { PLAIN_DIALECTS, type PlainDialect } from "./plain-dialects.js";
import type { RemoteGuardOptions } from "./remote-guard-options.js";
import type { ScoreDialect } from "./score-dialect.js";
import { VLLM_DIALECT } from "./vllm-dialect.js";

export type Dialect =
  | { readonly verdicts: "scores"; readonly dialect: ScoreDialect }
  | { readonly verdicts: "plain"; readonly dialect: PlainDialect };

const SCORES: Readonly<Partial<Record<ServerName, ScoreDialect>>> = {
  vllm: VLLM_DIALECT,
  "llama.cpp": LLAMA_CPP_DIALECT,
};

/** Why a server's probabilities cannot be had or trusted. */
const WHY_NOT: Readonly<Partial<Record<ServerName, string>>> = {
  tgi: "takes prompts as text only and reads control tokens out of it",
  ollama: "takes prompts as text only and tells no token ids",
  openai: "tells no token ids, and at most five alternatives",
};

/**
 * How a server is spoken to.
 * @throws GuardError `invalid_config` when it cannot give the verdicts that are wanted
 */
export function dialectOf({ server, verdicts }: Pick<RemoteGuardOptions, "server" | "verdicts">): Dialect {
  const { title } = SERVERS[server];
  if (verdicts === "scores") {
    const dialect = SCORES[server];
    if (dialect !== undefined) return { verdicts, dialect };
    throw new GuardError(
      "invalid_config",
      `${title} ${WHY_NOT[server] ?? "tells no scores"}, so its verdicts have no probabilities: ` +
        "run the guard on vLLM or llama.cpp, or set PORTCULLIS_GUARD_VERDICTS=plain to do with the bare word",
    );
  }
  const dialect = PLAIN_DIALECTS[server];
  if (dialect !== undefined) return { verdicts, dialect };
  throw new GuardError(
    "invalid_config",
    `${title} tells probabilities, and PORTCULLIS_GUARD_VERDICTS=plain would throw them away: set it to scores`,
  );
}
