import { join } from "node:path";
import { GuardError } from "../base/index.js";
import type { ContentDigest } from "./content-digest.js";

/** Where one repository lies in a cache that Python's `huggingface_hub` shares. All paths are absolute. */
export interface RepositoryCache {
  readonly blobs: string;
  blob(digest: ContentDigest): string;
  snapshot(commit: string): string;
  /** The file that holds the commit a branch or tag pointed to when it was last fetched. */
  ref(revision: string): string;
}

/** As the hub has them: at most 96 characters to a part. */
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,95}\/[A-Za-z0-9][A-Za-z0-9_.-]{0,95}$/;
/** A part of a Git reference that is also a plain name of a file. */
const REVISION_PART = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}$/;
const COMMIT = /^[0-9a-f]{40}$/;

export const isCommit = (text: string): boolean => COMMIT.test(text);

/**
 * @param cacheDir absolute
 * @throws GuardError `invalid_config` when the names are none the hub could have, or would lead out of the cache
 */
export function repositoryCache(cacheDir: string, repository: string, revision: string): RepositoryCache {
  // The hub refuses both as well; in the cache `--` stands between the parts of a name.
  if (!REPOSITORY.test(repository) || repository.includes("..") || repository.includes("--"))
    throw new GuardError("invalid_config", "name the repository as the hub does: organisation/name");
  if (!revision.split("/").every((part) => REVISION_PART.test(part) && !part.includes("..")))
    throw new GuardError("invalid_config", "name the revision by a branch, a tag or a commit");
  const root = join(cacheDir, `models--${repository.replace("/", "--")}`);
  return {
    blobs: join(root, "blobs"),
    blob: ({ hex }) => join(root, "blobs", hex),
    snapshot: (commit) => join(root, "snapshots", commit),
    ref: (name) => join(root, "refs", name),
  };
}
