import { Ajv } from "ajv";
import { GuardError, lazyValidator } from "../base/index.js";
import { IDENTITY_SCHEMA } from "./manifest-schema.js";

/** What whoever makes a model says about it; the rest of a manifest is found out. */
export interface ModelIdentity {
  readonly id: string;
  readonly notice: string;
  readonly template: string;
  readonly repository: string;
  readonly revision: string;
}

const isIdentity = lazyValidator(() => new Ajv().compile<ModelIdentity>(IDENTITY_SCHEMA));

/**
 * Worth asking before hours of work: a manifest would refuse it at the end.
 * @throws GuardError `invalid_config` naming the field
 */
export function checkIdentity(identity: ModelIdentity): void {
  if (isIdentity(identity)) return;
  const [error] = isIdentity.errors ?? [];
  const field = String(error?.instancePath).slice(1);
  const rule =
    error?.keyword === "pattern"
      ? "takes lower-case letters, digits, dots, dashes and underscores, begins with a letter or digit, and has 80 at most"
      : String(error?.message);
  throw new GuardError("invalid_config", `--${field} ${rule}`);
}
