import { GuardError } from "../../base/index.js";
import { inputFault } from "../finish-conversation.js";
import type { LogFault } from "../log-entry.js";
import type { LogOptions, S3Access } from "../log-options.js";
import { Unreadable } from "../unreadable.js";
import { isLogName, skipped, type Found } from "./found-log.js";
import { createS3Store, StoreRefusal } from "./s3-store.js";

/** @throws GuardError `invalid_config` */
export function accessOf({ s3 }: LogOptions): S3Access {
  if (s3 !== undefined) return s3;
  throw new GuardError("invalid_config", "to read s3:// set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
}

/**
 * Objects that an URL names: one; all below a folder; or those that match, where `*` stands for any characters,
 * slashes included.
 * @throws GuardError `invalid_config` where there is no access or no bucket
 */
export async function* findObjects(input: string, options: LogOptions): AsyncGenerator<Found> {
  const match = /^s3:\/\/([^/*]+)(?:\/(.*))?$/s.exec(input);
  if (match === null)
    throw new GuardError(
      "invalid_config",
      "an s3 URL is s3://bucket/key, s3://bucket/prefix* or s3://bucket/folder/",
    );
  const [, bucket = "", wanted = ""] = match;
  const prefix = wanted.split("*")[0]!;
  const isWanted = matcher(wanted);
  let isEmpty = true;
  try {
    for await (const object of createS3Store(accessOf(options), options.signal).list(bucket, prefix)) {
      if (object.key.endsWith("/") || !isWanted(object.key)) continue;
      isEmpty = false;
      const source = `s3://${bucket}/${object.key}`;
      if (object.key !== wanted && !isLogName(object.key))
        yield skipped(source, "has no name of a log; name the object itself to have it read");
      else yield { type: "log", source, at: { object }, bytes: object.bytes, version: object.etag };
    }
    if (isEmpty) yield inputFault(input, new Unreadable("missing_file", "no object has such a key"));
  } catch (error) {
    if (!(error instanceof StoreRefusal)) throw error;
    yield storeFault(input, error);
  }
}

export function storeFault(source: string, { status, message }: StoreRefusal): LogFault {
  if (status === 404) return inputFault(source, new Unreadable("missing_file", "is not there"));
  if (status === 412)
    return inputFault(source, new Unreadable("changed_file", "was changed after it was listed"));
  const hint =
    status === 401 || status === 403 ? "; do the keys of the environment allow listing and reading it?" : "";
  return inputFault(source, new Unreadable("unreadable_file", `${message}${hint}`));
}

function matcher(wanted: string): (key: string) => boolean {
  const folder = wanted === "" || wanted.endsWith("/") ? wanted : `${wanted}/`;
  if (!wanted.includes("*")) return (key) => key === wanted || key.startsWith(folder);
  const parts = wanted.split("*");
  return (key) => {
    // Each part as early as it can stand, the last at the end: linear, however many stars there are.
    const [first = "", ...rest] = parts;
    const last = rest.pop() ?? "";
    let at = first.length;
    if (!key.startsWith(first)) return false;
    for (const part of rest) {
      const found = key.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return key.endsWith(last) && key.length - last.length >= at;
  };
}
