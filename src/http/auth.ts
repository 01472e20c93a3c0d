import { createHash, timingSafeEqual } from "node:crypto";
import { GuardError } from "../base/index.js";
import type { ApiKey } from "../config/index.js";
import type { Handler } from "./locals.js";

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * Finds the key a caller shows. Every key is compared, and each in constant time, so that the time of the
 * answer tells nothing about which key came close.
 */
export function createKeyring(keys: readonly ApiKey[]): (shown: string) => ApiKey | undefined {
  const ring = keys.map((key) => ({ key, digest: Buffer.from(key.sha256, "hex") }));
  return (shown) => {
    const digest = sha256(shown);
    let found: ApiKey | undefined;
    for (const entry of ring) if (timingSafeEqual(digest, entry.digest)) found = entry.key;
    return found;
  };
}

/** Lets callers with a known key pass; everyone where there are no keys. */
export function authenticate(keys: readonly ApiKey[]): Handler {
  const find = createKeyring(keys);
  return (req, res, next) => {
    if (keys.length === 0) return next();
    const bearer = /^Bearer +(\S+)$/i.exec(req.get("authorization") ?? "")?.[1];
    const shown = bearer ?? req.get("x-api-key") ?? "";
    const key = shown === "" ? undefined : find(shown); // the hash of nothing may have got into a keys file
    if (key === undefined) {
      res.set("www-authenticate", "Bearer");
      throw new GuardError("unauthorized", "a valid API key is needed");
    }
    res.locals.key = key;
    next();
  };
}
