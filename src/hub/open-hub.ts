import { listFiles, modelInfo, type ListFileEntry } from "@huggingface/hub";
import { GuardError } from "../base/index.js";
import { digestNamed, type ContentDigest } from "./content-digest.js";
import { exchange, type Answer, type Line } from "./exchange.js";
import { persist } from "./persist.js";
import { refusal, type Ask } from "./refusal.js";
import { isCommit } from "./repository-cache.js";

/** A file as the hub describes it. */
export interface HubFile {
  readonly path: string;
  readonly bytes: number;
  readonly digest: ContentDigest;
}

/** One repository of a hub. */
export interface Hub {
  /** The commit that a revision names now, and the files at its root. */
  list(revision: string): Promise<{ commit: string; files: HubFile[] }>;
  /**
   * Reads a file from byte `from` on. The answer has status 200 (all of it, whatever was asked for), 206 or 416.
   */
  read(commit: string, path: string, from: number, use: (answer: Answer) => Promise<void>): Promise<void>;
}

/** A page of the list has 1,000 files, a few hundred bytes each. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** Checkpoints have some 20 files at their root, 200 at most; a list without end must end somewhere. */
const MAX_PAGES = 20;

/**
 * @throws GuardError from its verbs: `invalid_config` when the token, the repository or the revision is wrong,
 *   `upstream_failed` when the network or the hub is
 */
export function openHub(line: Line, repository: string, pausesMs: readonly number[]): Hub {
  const { endpoint, token, signal } = line;
  const askFor = (revision: string): Ask => ({ endpoint, repository, revision, hasToken: token !== null });

  /** For the library, which then sees success only; it knows neither limits nor the hub's error headers. */
  const fetchFor = (ask: Ask): typeof fetch => {
    let pages = 0;
    return (url) => {
      if (pages++ === MAX_PAGES) throw new RangeError("too many pages");
      return persist({ pausesMs, signal }, () =>
        exchange(line, String(url as string), { accept: "application/json" }, async (answer) => {
          if (answer.status !== 200) throw refusal(answer, ask);
          return new Response(await readAll(answer.chunks), { headers: answer.headers });
        }),
      );
    };
  };

  return {
    async list(revision) {
      const params = { hubUrl: endpoint, fetch: fetchFor(askFor(revision)) };
      try {
        const { sha } = await modelInfo({ ...params, name: repository, revision, additionalFields: ["sha"] });
        if (typeof sha !== "string" || !isCommit(sha)) throw new TypeError("no commit");
        const files: HubFile[] = [];
        for await (const entry of listFiles({ ...params, repo: repository, revision: sha }))
          if (entry.type === "file") files.push(fileOf(entry));
        return { commit: sha, files };
      } catch (cause) {
        if (cause instanceof GuardError || signal.aborted) throw cause;
        throw new GuardError(
          "upstream_failed",
          `${endpoint} does not answer as a model hub does; is HF_ENDPOINT right?`,
          { cause },
        );
      }
    },
    read: (commit, path, from, use) =>
      exchange(
        line,
        `${endpoint}/${repository}/resolve/${commit}/${encodeURIComponent(path)}`,
        { "accept-encoding": "identity", ...(from > 0 && { range: `bytes=${String(from)}-` }) },
        async (answer) => {
          if (![200, 206, 416].includes(answer.status)) throw refusal(answer, { ...askFor(commit), path });
          await use(answer);
        },
      ),
  };
}

function fileOf({ path, size, oid, lfs }: ListFileEntry): HubFile {
  const digest = digestNamed(lfs?.oid ?? oid ?? "");
  const bytes = lfs?.size ?? size;
  if (typeof path !== "string" || digest === null || !Number.isSafeInteger(bytes) || bytes < 0)
    throw new TypeError("not a description of a file");
  return { path, bytes, digest };
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > MAX_PAGE_BYTES) throw new RangeError("too long");
    read.push(chunk);
  }
  return Buffer.concat(read);
}
