import { GuardError } from "../base/index.js";
import type { LikelyTokens } from "./likely-tokens.js";

/** How one server is asked for the probabilities of the next token. */
export interface ScoreDialect {
  readonly path: string;
  readonly healthPath: string;
  body(model: string, tokens: readonly number[]): object;
  /**
   * @param asked tokens of the prompt
   * @throws GuardError `upstream_failed` naming what the answer lacks, `too_large` when the prompt was cut
   */
  read(json: unknown, asked: number): LikelyTokens;
  /** How the server is asked for its own tokens of a plain text. */
  readonly tokenize: { readonly path: string; body(model: string, text: string): object };
}

/** A server that read other tokens than it was sent has judged something else. */
export function assertWhole(read: number, asked: number): void {
  if (read < asked) throw cut();
  if (read > asked)
    throw new GuardError("upstream_failed", "the guard's server read more tokens than it was sent");
}

export const cut = (): GuardError =>
  new GuardError("too_large", "the guard's server has cut the prompt: raise its context length");

export const lacks = (what: string): GuardError =>
  new GuardError("upstream_failed", `the guard's server does not tell ${what}: is its version too old?`);

/** The field that is missing or wrong, by the server's own names. */
export function placeIn(fault: { instancePath: string; params: object } | undefined): string {
  const { missingProperty } = (fault?.params ?? {}) as { missingProperty?: string };
  const fields = [...(fault?.instancePath ?? "").split("/"), missingProperty ?? ""];
  return (
    fields
      .filter((field) => /^[a-z_]+$/.test(field))
      .slice(-2)
      .join(".") || "what was asked for"
  );
}
