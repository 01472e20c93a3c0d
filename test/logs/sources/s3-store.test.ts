import { mkdirSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { describeInputs } from "../../../src/logs/index.js";
import { openFakeS3, S3_KEYS } from "../../fixtures/fake-s3.js";
import { tempFolder } from "../../fixtures/temp-folder.js";
import { conversationsIn, faultsIn, readAll, spillIn } from "../read-all.js";

const line = (n: number): Buffer =>
  Buffer.from(`${JSON.stringify({ prompt: `p${String(n)}`, response: "r" })}\n`);

describe("logs in an S3 store", () => {
  it("are listed over pages and read in the order of their keys, signed, and nothing of them stays", async () => {
    await using store = await openFakeS3();
    const dir = tempFolder();
    mkdirSync(spillIn(dir));
    store.objects.set("2025/b (1)+'ä.jsonl", line(2));
    store.objects.set("2025/a.jsonl.gz", gzipSync(line(1)));
    store.objects.set("2025/c/d.jsonl", line(3));
    store.objects.set("2025/notes.txt", line(4));
    store.objects.set("2024/z.jsonl", line(5));
    const options = { s3: { ...S3_KEYS, endpoint: `${store.endpoint}/` } };
    const read = (url: string): ReturnType<typeof readAll> => readAll(dir, [url], options);

    const entries = await read("s3://logs/2025/");
    expect(
      entries.map((one) => [one.source, one.type === "fault" ? one.code : one.turns[0].content]),
    ).toEqual([
      ["s3://logs/2025/a.jsonl.gz", "p1"],
      ["s3://logs/2025/b (1)+'ä.jsonl", "p2"],
      ["s3://logs/2025/c/d.jsonl", "p3"],
      ["s3://logs/2025/notes.txt", "skipped_file"],
    ]);
    expect(
      conversationsIn(await read("s3://logs/20*/*.jsonl")).map(({ row, source }) => [row, source]),
    ).toEqual([
      [1, "s3://logs/2024/z.jsonl"],
      [1, "s3://logs/2025/b (1)+'ä.jsonl"],
      [1, "s3://logs/2025/c/d.jsonl"],
    ]);
    expect(conversationsIn(await read("s3://logs/2025/notes.txt"))).toHaveLength(1);
    expect(conversationsIn(await read("s3://logs"))).toHaveLength(4);
    expect(readdirSync(spillIn(dir))).toEqual([]);

    const described = await describeInputs(["s3://logs/2024*"], { spillDir: spillIn(dir), ...options });
    expect(described).toEqual([
      {
        source: "s3://logs/2024/z.jsonl",
        bytes: line(5).length,
        version: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      },
    ]);
  });

  it("are asked for again when the store is busy, and are faults when it refuses", async () => {
    await using store = await openFakeS3();
    const dir = tempFolder();
    store.objects.set("a.jsonl", line(1));
    store.busy = 2;
    const s3 = { ...S3_KEYS, endpoint: store.endpoint };
    expect(conversationsIn(await readAll(dir, ["s3://logs/a.jsonl"], { s3 }))).toHaveLength(1);
    const codes = async (url: string, access = s3): Promise<string[]> =>
      faultsIn(await readAll(dir, [url], { s3: access })).map(({ code, message }) => `${code}: ${message}`);
    expect(await codes("s3://logs/b.jsonl")).toEqual(["missing_file: no object has such a key"]);
    expect(await codes("s3://other/b.jsonl")).toEqual(["missing_file: is not there"]);
    expect(await codes("s3://logs/a.jsonl", { ...s3, secretAccessKey: "wrong" })).toEqual([
      expect.stringMatching(/^unreadable_file: the store answers HTTP 403; do the keys/),
    ]);
  });

  it("are not read in part when they change after they were listed", async () => {
    await using store = await openFakeS3();
    store.objects.set("a.jsonl", line(1));
    const changing: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      store.objects.set("a.jsonl", line(2));
      return response;
    };
    const s3 = { ...S3_KEYS, endpoint: store.endpoint, fetch: changing };
    const entries = await readAll(tempFolder(), ["s3://logs/a.jsonl"], { s3 });
    expect(entries).toEqual([expect.objectContaining({ code: "changed_file", row: null })]);
  });

  it("are fetched anew where the connection breaks, and are a fault where it always does", async () => {
    await using store = await openFakeS3();
    const dir = tempFolder();
    store.objects.set("a.jsonl", line(1));
    let breaks = 0;
    const breaking: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (String(url).includes("list-type") || breaks-- <= 0) return response;
      await response.body?.cancel();
      const half = new ReadableStream({
        pull(controller) {
          controller.enqueue(line(1).subarray(0, 9));
          controller.error(new TypeError("terminated"));
        },
      });
      return new Response(half);
    };
    const s3 = { ...S3_KEYS, endpoint: store.endpoint, fetch: breaking };
    breaks = 2;
    expect(conversationsIn(await readAll(dir, ["s3://logs/a.jsonl"], { s3 }))).toHaveLength(1);
    breaks = 3;
    expect(await readAll(dir, ["s3://logs/a.jsonl"], { s3 })).toEqual([
      expect.objectContaining({ code: "unreadable_file", message: "the store does not answer" }),
    ]);
    expect(readdirSync(spillIn(dir))).toEqual([]);
  });

  it("need keys, and an URL with a bucket", async () => {
    const dir = tempFolder();
    await expect(readAll(dir, ["s3://logs/a"])).rejects.toMatchObject({ code: "invalid_config" });
    await expect(readAll(dir, ["s3://"], { s3: S3_KEYS })).rejects.toMatchObject({ code: "invalid_config" });
  });
});
