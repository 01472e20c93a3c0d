import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it, test } from "@jest/globals";
import { fetchCheckpoint, type FetchOptions, type FetchProgress } from "../../src/hub/index.js";
import {
  FAKE_COMMIT,
  FAKE_REPOSITORY,
  blobName,
  openFakeHub,
  type Fault,
  type HubRequest,
} from "../fixtures/fake-hub.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { SHARDED, SINGLE_FILE, WANTED, WEIGHTS, noise } from "./checkpoint-contents.js";

const PATIENCE = { silenceMs: 300, pausesMs: [5, 10, 20], abandonedMs: 400 };

let cacheDir: string;
let root: string;
beforeEach(() => {
  cacheDir = tempFolder();
  root = join(cacheDir, "models--acme--guard");
});

type Given = Partial<FetchOptions> & { endpoint: string };
const optionsFor = (given: Given): FetchOptions => ({
  ...{ repository: FAKE_REPOSITORY, token: null, offline: false, cacheDir, patience: PATIENCE },
  ...given,
});
const fetchFrom = (given: Given): ReturnType<typeof fetchCheckpoint> => fetchCheckpoint(optionsFor(given));
const failure = (code: string, message: RegExp): object => ({
  code,
  message: expect.stringMatching(message),
});

const inSnapshot = (path: string): string => join(root, "snapshots", FAKE_COMMIT, path);
const blobOf = (content: Uint8Array): string => join(root, "blobs", blobName(content));
const leftovers = (): string[] =>
  readdirSync(join(root, "blobs")).filter((name) => name.includes("incomplete"));
const weightsFault =
  (...faults: (Fault | undefined)[]) =>
  ({ server }: HubRequest): Fault | undefined =>
    server === "storage" ? faults.shift() : undefined;
/** Faults on the storage hit `tokenizer.json` too unless it is there already. */
const withoutLargeTokenizer = { ...SINGLE_FILE, "tokenizer.json": Buffer.from("{}") };

/** Lays a blob into the cache as other programs would. */
function plant(path: string, content: Uint8Array, planted = content): void {
  mkdirSync(dirname(blobOf(content)), { recursive: true });
  mkdirSync(dirname(inSnapshot(path)), { recursive: true });
  writeFileSync(blobOf(content), planted);
  symlinkSync(`../../blobs/${blobName(content)}`, inSnapshot(path));
}

describe("fetchCheckpoint", () => {
  it("fetches what a checkpoint needs and nothing else, in the layout that Python reads", async () => {
    await using hub = await openFakeHub({ files: SINGLE_FILE, directories: ["original", "onnx"] });
    const seen: FetchProgress[] = [];
    const bytes = WANTED.reduce((sum, path) => sum + SINGLE_FILE[path]!.byteLength, 0);
    const fetched = await fetchFrom({ endpoint: hub.endpoint, onProgress: (one) => seen.push(one) });
    expect(fetched).toEqual({
      dir: dirname(inSnapshot("x")),
      repository: FAKE_REPOSITORY,
      revision: FAKE_COMMIT,
      bytes,
      downloadedBytes: bytes,
    });
    expect(readdirSync(fetched.dir).sort()).toEqual(WANTED);
    for (const path of WANTED) {
      expect(readFileSync(inSnapshot(path)).equals(SINGLE_FILE[path]!)).toBe(true);
      expect(readlinkSync(inSnapshot(path))).toBe(`../../blobs/${blobName(SINGLE_FILE[path]!)}`);
    }
    expect(readFileSync(join(root, "refs/main"), "utf8")).toBe(FAKE_COMMIT);
    expect(seen.at(-1)).toMatchObject({ files: 8, filesDone: 8, bytes, bytesDone: bytes });
    const done = seen.map(({ bytesDone }) => bytesDone);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it("fetches exactly the shards that the index names", async () => {
    await using hub = await openFakeHub({ files: SHARDED });
    const { dir } = await fetchFrom({ endpoint: hub.endpoint });
    expect(readdirSync(dir).filter((name) => name.includes("safetensors"))).toEqual([
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
      "model.safetensors.index.json",
    ]);
  });

  it("keeps a branch with a slash and a commit apart: only the branch is remembered", async () => {
    await using hub = await openFakeHub({ files: SINGLE_FILE });
    await fetchFrom({ endpoint: hub.endpoint, revision: FAKE_COMMIT });
    expect(existsSync(join(root, "refs"))).toBe(false);
    await fetchFrom({ endpoint: hub.endpoint, revision: "refs/pr/1" });
    expect(readFileSync(join(root, "refs/refs/pr/1"), "utf8")).toBe(FAKE_COMMIT);
  });

  it("shows the token to the hub and never to the storage", async () => {
    await using hub = await openFakeHub({ files: SINGLE_FILE });
    await fetchFrom({ endpoint: hub.endpoint, token: "mirror-token" });
    const shown = (server: string): unknown[] => [
      ...new Set(hub.requests.filter((one) => one.server === server).map((one) => one.authorization)),
    ];
    expect(shown("hub")).toEqual(["Bearer mirror-token"]);
    expect(shown("storage")).toEqual([undefined]);
  });

  it("asks for contents as they are: a range of something compressed is of no use", async () => {
    await using hub = await openFakeHub({ files: SINGLE_FILE });
    await fetchFrom({ endpoint: hub.endpoint });
    const contents = hub.requests.filter(({ path }) => !path.startsWith("/api/"));
    expect(new Set(contents.map(({ acceptEncoding }) => acceptEncoding))).toEqual(new Set(["identity"]));
  });

  it("asks for no content that it has, and checks what it has", async () => {
    await using hub = await openFakeHub({ files: SINGLE_FILE });
    await fetchFrom({ endpoint: hub.endpoint });
    hub.requests.length = 0;
    const again = await fetchFrom({ endpoint: hub.endpoint });
    expect(again.downloadedBytes).toBe(0);
    expect(hub.requests.filter(({ path }) => !path.startsWith("/api/"))).toEqual([]);

    writeFileSync(blobOf(WEIGHTS), WEIGHTS.with(5, WEIGHTS[5]! ^ 1));
    await expect(fetchFrom({ endpoint: hub.endpoint })).rejects.toMatchObject(
      failure(
        "bad_model_file",
        new RegExp(`model.safetensors in the cache is not.*delete ${blobOf(WEIGHTS)}`),
      ),
    );
    writeFileSync(blobOf(WEIGHTS), "short");
    await expect(fetchFrom({ endpoint: hub.endpoint })).rejects.toThrow(/has 5 bytes instead of 1500300/);
    unlinkSync(blobOf(WEIGHTS)); // as the message says: the link now leads nowhere
    expect((await fetchFrom({ endpoint: hub.endpoint })).downloadedBytes).toBe(WEIGHTS.byteLength);
  });

  it("uses a blob that another revision brought", async () => {
    await using hub = await openFakeHub({ files: SINGLE_FILE });
    plant("model.safetensors", WEIGHTS);
    unlinkSync(inSnapshot("model.safetensors"));
    await fetchFrom({ endpoint: hub.endpoint });
    expect(hub.contentRequests("model.safetensors")).toEqual([]);
    expect(realpathSync(inSnapshot("model.safetensors"))).toBe(realpathSync(blobOf(WEIGHTS)));
  });

  it("reads a cache that Python made, through the store that its repositories share", async () => {
    await using hub = await openFakeHub({ files: withoutLargeTokenizer });
    plant("model.safetensors", WEIGHTS);
    unlinkSync(blobOf(WEIGHTS));
    const shared = join(cacheDir, "blobs/ab/abcdef");
    mkdirSync(dirname(shared), { recursive: true });
    writeFileSync(shared, WEIGHTS);
    symlinkSync("../../blobs/ab/abcdef", blobOf(WEIGHTS));
    await fetchFrom({ endpoint: hub.endpoint });
    expect(hub.contentRequests("model.safetensors")).toEqual([]);
    expect(realpathSync(inSnapshot("model.safetensors"))).toBe(realpathSync(shared));

    writeFileSync(shared, WEIGHTS.subarray(1));
    await expect(fetchFrom({ endpoint: hub.endpoint, offline: true })).rejects.toMatchObject(
      failure("bad_model_file", new RegExp(`delete ${realpathSync(shared)}`)),
    );
  });

  describe("offline", () => {
    it("makes do with the cache, still checking it, and asks nobody", async () => {
      await using hub = await openFakeHub({ files: SHARDED });
      const online = await fetchFrom({ endpoint: hub.endpoint });
      hub.requests.length = 0;
      const offline = await fetchFrom({ endpoint: hub.endpoint, offline: true });
      expect(offline).toEqual({ ...online, downloadedBytes: 0 });
      expect(hub.requests).toEqual([]);
      writeFileSync(blobOf(SHARDED["config.json"]!), "{}                    ");
      await expect(fetchFrom({ endpoint: hub.endpoint, offline: true })).rejects.toMatchObject(
        failure("bad_model_file", /config\.json in the cache/),
      );
    });

    it("names what the cache lacks", async () => {
      const offline = { endpoint: "http://localhost:1", offline: true };
      await expect(fetchFrom(offline)).rejects.toMatchObject(
        failure("invalid_config", /no revision main of acme\/guard, and HF_HUB_OFFLINE/),
      );
      await using hub = await openFakeHub({ files: SHARDED });
      await fetchFrom({ endpoint: hub.endpoint });
      unlinkSync(inSnapshot("model-00002-of-00002.safetensors"));
      await expect(fetchFrom(offline)).rejects.toMatchObject(
        failure("invalid_config", /no model-00002-of-00002\.safetensors of acme\/guard/),
      );
    });

    it("takes copies, which other programs make where there are no links", async () => {
      mkdirSync(join(root, "refs"), { recursive: true });
      writeFileSync(join(root, "refs/main"), FAKE_COMMIT);
      mkdirSync(dirname(inSnapshot("x")), { recursive: true });
      for (const path of WANTED) writeFileSync(inSnapshot(path), SINGLE_FILE[path]!);
      const { dir } = await fetchFrom({ endpoint: "http://localhost:1", offline: true });
      expect(dir).toBe(dirname(inSnapshot("x")));
    });
  });

  describe("on a bad line", () => {
    const large = WEIGHTS.byteLength;

    it("goes on where the connection was cut, and asks for the rest only", async () => {
      const fault = weightsFault({ cutAfter: 500_000 }, { cutAfter: 300_000 });
      await using hub = await openFakeHub({ files: withoutLargeTokenizer, fault });
      await fetchFrom({ endpoint: hub.endpoint });
      const [first, second, third] = hub.contentRequests("model.safetensors");
      expect([first!.range, first!.sent]).toEqual([undefined, 500_000]);
      expect([second!.range, second!.sent]).toEqual(["bytes=500000-", 300_000]);
      expect([third!.range, third!.sent]).toEqual(["bytes=800000-", large - 800_000]);
      expect(leftovers()).toEqual([]);
    });

    it("takes a silent connection for a lost one", async () => {
      const fault = weightsFault({ stallAfter: 500_000 }, { stallAfter: 0 });
      await using hub = await openFakeHub({ files: withoutLargeTokenizer, fault });
      await fetchFrom({ endpoint: hub.endpoint });
      expect(hub.contentRequests("model.safetensors").map(({ range }) => range)).toEqual([
        ...[undefined, "bytes=500000-", "bytes=500000-"],
      ]);
    });

    it("waits for a slow connection as long as something comes", async () => {
      await using hub = await openFakeHub({ files: withoutLargeTokenizer, pauseMs: 30 });
      const start = performance.now();
      await fetchFrom({ endpoint: hub.endpoint });
      expect(performance.now() - start).toBeGreaterThan(1.5 * PATIENCE.silenceMs);
      expect(hub.contentRequests("model.safetensors")).toHaveLength(1);
    });

    it("begins anew where a server gives everything whatever was asked for", async () => {
      const fault = weightsFault({ cutAfter: 500_000 }, { ignoreRange: true });
      await using hub = await openFakeHub({ files: withoutLargeTokenizer, fault });
      const { downloadedBytes } = await fetchFrom({ endpoint: hub.endpoint });
      expect(hub.contentRequests("model.safetensors")[1]!.sent).toBe(large);
      expect(downloadedBytes).toBeGreaterThanOrEqual(500_000 + large);
    });

    it("begins anew where a server has less than is already here", async () => {
      const fault = weightsFault({ cutAfter: 500_000 }, { content: WEIGHTS.subarray(0, 1000) });
      await using hub = await openFakeHub({ files: withoutLargeTokenizer, fault });
      await fetchFrom({ endpoint: hub.endpoint });
      expect(hub.contentRequests("model.safetensors").map(({ range }) => range)).toEqual([
        ...[undefined, "bytes=500000-", undefined],
      ]);
      expect(readFileSync(inSnapshot("model.safetensors")).equals(WEIGHTS)).toBe(true);
    });

    test.each([500, 503, 408, 403, 429])("asks again after HTTP %d from the storage", async (status) => {
      await using hub = await openFakeHub({ files: withoutLargeTokenizer, fault: weightsFault({ status }) });
      await fetchFrom({ endpoint: hub.endpoint });
      expect(hub.contentRequests("model.safetensors")).toHaveLength(2);
    });

    it("waits as long as Retry-After says", async () => {
      const fault = weightsFault({ status: 429, headers: { "retry-after": "1" } });
      await using hub = await openFakeHub({ files: withoutLargeTokenizer, fault });
      const start = performance.now();
      await fetchFrom({ endpoint: hub.endpoint });
      expect(performance.now() - start).toBeGreaterThan(990);
    });

    it("gives up after as many pauses as it has, and keeps what came", async () => {
      let down = true;
      const fault = ({ server }: HubRequest): Fault | undefined =>
        server === "storage" && down ? { cutAfter: 100_000 } : undefined;
      await using hub = await openFakeHub({ files: withoutLargeTokenizer, fault });
      await expect(fetchFrom({ endpoint: hub.endpoint })).rejects.toMatchObject(
        failure("upstream_failed", /the connection to 127\.0\.0\.1:\d+ was lost \(\w+\)/),
      );
      expect(hub.contentRequests("model.safetensors")).toHaveLength(4);
      down = false;
      hub.requests.length = 0;
      const { downloadedBytes, bytes } = await fetchFrom({ endpoint: hub.endpoint });
      expect(hub.contentRequests("model.safetensors")[0]!.range).toBe("bytes=400000-");
      expect(downloadedBytes).toBeLessThan(bytes - 400_000 + 1000);
    });

    it("stops the other files when one fails", async () => {
      const slow = "tokenizer.json";
      await using hub = await openFakeHub({
        files: { ...SINGLE_FILE, [slow]: noise(2_000_000) },
        pauseMs: 50,
        fault: ({ path }) => (path.endsWith("/model.safetensors") ? { status: 404 } : undefined),
      });
      await expect(fetchFrom({ endpoint: hub.endpoint })).rejects.toMatchObject({ code: "invalid_config" });
      const [{ sent } = { sent: 0 }] = hub.contentRequests(slow);
      expect(sent).toBeLessThan(1_000_000);
    });

    it("stops at the signal, leaving nothing at work, and goes on at once when called again", async () => {
      await using hub = await openFakeHub({ files: withoutLargeTokenizer, pauseMs: 5 });
      const stop = new AbortController();
      const onProgress = ({ file, bytesDone }: FetchProgress): void => {
        if (file === "model.safetensors" && bytesDone > 500_000) stop.abort();
      };
      await expect(
        fetchFrom({ endpoint: hub.endpoint, signal: stop.signal, onProgress }),
      ).rejects.toMatchObject(failure("canceled", /the same call goes on/));
      expect(leftovers()).toHaveLength(1);
      hub.requests.length = 0;
      await fetchFrom({ endpoint: hub.endpoint, patience: { ...PATIENCE, abandonedMs: 60_000 } });
      const [{ range } = { range: "" }] = hub.contentRequests("model.safetensors");
      expect(Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1])).toBeGreaterThanOrEqual(500_000 - 1000);
      expect(leftovers()).toEqual([]);
    });
  });

  describe("does not let in", () => {
    it.each<[string, Fault, RegExp]>([
      ["other bytes", { content: noise(WEIGHTS.byteLength, 9) }, /is not what was published/],
      [
        "a file that ends early",
        { content: WEIGHTS.subarray(0, 9_000) },
        /ended after 9000 of 1500300 bytes/,
      ],
      ["an answer that ends early", { endAfter: 0 }, /ended after 0 of 1500300 bytes/],
      [
        "a file that does not end",
        { content: noise(WEIGHTS.byteLength + 1, 9) },
        /is longer than the hub says/,
      ],
    ])("%s", async (_, fault, message) => {
      await using hub = await openFakeHub({
        files: withoutLargeTokenizer,
        fault: ({ server }) => (server === "storage" ? fault : undefined),
      });
      await expect(fetchFrom({ endpoint: hub.endpoint })).rejects.toMatchObject(
        failure("bad_model_file", new RegExp(`model\\.safetensors as downloaded ${message.source}`)),
      );
      expect(existsSync(blobOf(WEIGHTS)) || existsSync(inSnapshot("model.safetensors"))).toBe(false);
      expect(leftovers()).toEqual([]);
    });

    it("a checkpoint that does not fit the disk, and says how much is missing before any byte", async () => {
      await using hub = await openFakeHub({
        files: withoutLargeTokenizer,
        relist: (entries) =>
          entries.map((entry) =>
            entry.path === "model.safetensors" ? { ...entry, lfs: { ...entry.lfs!, size: 2 ** 52 } } : entry,
          ),
      });
      await expect(fetchFrom({ endpoint: hub.endpoint })).rejects.toMatchObject(
        failure("invalid_config", /^\d+\.\d GB more must be free on the disk of .*blobs \(4503599\.6 GB/),
      );
      expect(hub.requests.filter(({ path }) => path.includes("/resolve/"))).toEqual([]);
    });

    it("a folder that cannot be written", async () => {
      await using hub = await openFakeHub({ files: SINGLE_FILE });
      writeFileSync(join(cacheDir, "file"), "");
      await expect(
        fetchFrom({ endpoint: hub.endpoint, cacheDir: join(cacheDir, "file") }),
      ).rejects.toMatchObject(failure("invalid_config", /cannot be used \(ENOTDIR\).*HF_HUB_CACHE/));
    });
  });

  describe("refused by the hub", () => {
    const refusals: [string, string, Fault, string | null, string, RegExp][] = [
      [
        "a gated repository without a token",
        "/resolve/",
        { status: 401, headers: { "x-error-code": "GatedRepo" } },
        null,
        "invalid_config",
        /is gated: accept its licence at http:\/\/127.0.0.1:\d+\/acme\/guard, then set HF_TOKEN/,
      ],
      [
        "a gated repository with a token that has no grant",
        "/resolve/",
        { status: 403, headers: { "x-error-code": "GatedRepo" } },
        "hf_secret",
        "invalid_config",
        /account of HF_TOKEN may not read acme\/guard yet: ask for access/,
      ],
      [
        "a token that the hub does not know",
        "/api/",
        { status: 401, headers: { "x-error-message": "Invalid credentials in Authorization header" } },
        "hf_secret",
        "invalid_config",
        /does not know the token in HF_TOKEN/,
      ],
      [
        "a missing repository",
        "/api/",
        { status: 404 },
        null,
        "invalid_config",
        /there is no acme\/guard at/,
      ],
      [
        "a private repository, asked for by a stranger",
        "/api/",
        { status: 401, headers: { "x-error-code": "RepoNotFound" } },
        null,
        "invalid_config",
        /or it is private.*set HF_TOKEN/,
      ],
      [
        "a missing revision",
        "/api/",
        { status: 404, headers: { "x-error-code": "RevisionNotFound" } },
        null,
        "invalid_config",
        /has no revision main/,
      ],
      [
        "a disabled repository",
        "/api/",
        { status: 403, headers: { "x-error-message": "Access to this resource is disabled." } },
        null,
        "invalid_config",
        /has been disabled/,
      ],
      ["a repository that is forbidden", "/api/", { status: 403 }, null, "invalid_config", /forbids reading/],
      [
        "a hub that is down",
        "/api/",
        { status: 502 },
        null,
        "upstream_failed",
        /fault of its own \(HTTP 502\)/,
      ],
      [
        "a hub that is asked too often",
        "/api/",
        { status: 429, headers: { "retry-after": "900" } },
        null,
        "upstream_failed",
        /try again in 900 s; a token in HF_TOKEN/,
      ],
      ["another kind of server", "/api/", { status: 418 }, null, "upstream_failed", /refuses \(HTTP 418\)/],
    ];
    test.each(refusals)("says what to do about %s", async (_, where, wrong, token, code, message) => {
      await using hub = await openFakeHub({
        files: SINGLE_FILE,
        fault: ({ server, path }) => (server === "hub" && path.includes(where) ? wrong : undefined),
      });
      const error: unknown = await fetchFrom({ endpoint: hub.endpoint, token }).catch((one: unknown) => one);
      expect(error).toMatchObject(failure(code, message));
      expect(String(error)).not.toContain("hf_secret");
    });

    it("says which host cannot be reached", async () => {
      const hub = await openFakeHub({ files: SINGLE_FILE });
      await hub[Symbol.asyncDispose]();
      await expect(fetchFrom({ endpoint: hub.endpoint })).rejects.toMatchObject(
        failure("upstream_failed", /127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\): check the network/),
      );
    });

    it("gives up on a hub that accepts connections and says nothing", async () => {
      await using hub = await openFakeHub({ files: SINGLE_FILE });
      const silent: typeof fetch = (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal!.reason as Error));
        });
      await expect(
        fetchFrom({
          endpoint: hub.endpoint,
          fetch: silent,
          patience: { ...PATIENCE, silenceMs: 20 },
        }),
      ).rejects.toMatchObject(failure("upstream_failed", /sent nothing for 0\.02 s/));
    });
  });

  describe("does not trust the list of files", () => {
    it.each([
      ["something else than a list", () => [null]],
      [
        "a file without a digest",
        (all: object[]) => all.map((one) => ({ ...one, oid: "x", lfs: undefined })),
      ],
      [
        "a file of less than no bytes",
        (all: object[]) => all.map((one) => ({ ...one, size: -1, lfs: undefined })),
      ],
    ])("%s", async (_, relist) => {
      await using hub = await openFakeHub({ files: SINGLE_FILE, relist });
      await expect(fetchFrom({ endpoint: hub.endpoint })).rejects.toMatchObject(
        failure("upstream_failed", /does not answer as a model hub does/),
      );
    });

    it("passes over names that would lead out of the folder", async () => {
      await using hub = await openFakeHub({
        files: { ...SINGLE_FILE, "../LICENSE": noise(10), "LICENSE/../../x": noise(11) },
      });
      const { dir } = await fetchFrom({ endpoint: hub.endpoint });
      expect(readdirSync(dir).sort()).toEqual(WANTED);
    });

    it.each([
      ["acme", "main"],
      ["../../etc/x", "main"],
      ["acme/..", "main"],
      ["acme/gu--ard", "main"],
      ["acme/guard", "../../x"],
      ["acme/guard", "a//b"],
      ["acme/guard", "-x"],
    ])("refuses the names %s at %s", async (repository, revision) => {
      await expect(fetchFrom({ endpoint: "http://127.0.0.1:1", repository, revision })).rejects.toMatchObject(
        {
          code: "invalid_config",
        },
      );
    });
  });
});
