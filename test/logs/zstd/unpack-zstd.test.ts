import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { seededRandom } from "../../../src/base/index.js";
import { openDatabase } from "../../../src/duckdb/index.js";
import { unpackZstd } from "../../../src/logs/zstd/unpack-zstd.js";
import { tempFolder } from "../../fixtures/temp-folder.js";
import { conversationsIn, readAll } from "../read-all.js";
import { zstdFrame } from "../zstd-frame.js";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function unpacked(bytes: Uint8Array, size = 1000): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of unpackZstd(pieces(bytes, size))) parts.push(part);
  return Buffer.concat(parts);
}

/** Packed by the zstd library in DuckDB: a line each, and the text it stands for. */
async function packedByDuckDb(query: string): Promise<{ packed: Buffer; text: Buffer }> {
  const dir = tempFolder();
  await using database = await openDatabase();
  const raw = "FORMAT csv, HEADER false, DELIMITER '\x01', QUOTE '', ESCAPE ''";
  await database.connection.run(`COPY (${query}) TO '${join(dir, "p")}' (${raw}, COMPRESSION zstd)`);
  await database.connection.run(`COPY (${query}) TO '${join(dir, "t")}' (${raw}, COMPRESSION none)`);
  return { packed: readFileSync(join(dir, "p")), text: readFileSync(join(dir, "t")) };
}

const TEXTS = {
  "words that repeat":
    "SELECT 'the quick brown fox number ' || n || ' jumps over ' || (n % 7) FROM range(40000) t(n)",
  "what hardly repeats": "SELECT md5(n::VARCHAR) || sha256(n::VARCHAR) FROM range(8000) t(n)",
  "one letter": "SELECT repeat('x', 3000000)",
  "skewed letters": "SELECT translate(md5(n::VARCHAR), '0123456789', 'aaaaaaaeee') FROM range(20000) t(n)",
  "a few letters": "SELECT 'short'",
};

describe("unpackZstd", () => {
  it.each(Object.entries(TEXTS))("unpacks %s as the library packed it", async (_, query) => {
    const { packed, text } = await packedByDuckDb(query);
    expect(text.length).toBeGreaterThan(packed.length === 0 ? 1 : 5);
    for (const size of [1 << 20, 777]) {
      const bytes = await unpacked(packed, size);
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(
        createHash("sha256").update(text).digest("hex"),
      );
    }
  });

  it("unpacks frames one after the other, with others between that are to be skipped", async () => {
    const skipped = Buffer.from("5a2a4d1803000000616263", "hex");
    const all = (length: number): Buffer =>
      Buffer.concat([zstdFrame(Buffer.from("one ")), skipped, zstdFrame(Buffer.alloc(length, "y"))]);
    for (const [length, size] of [
      [3000, 1],
      [3000, 3],
      [300_000, 1000],
    ] as const)
      expect((await unpacked(all(length), size)).toString()).toBe(`one ${"y".repeat(length)}`);
  });

  it("refuses what is cut off, needs a dictionary, or wants too large a window", async () => {
    const whole = zstdFrame(Buffer.from("some text"));
    const refusal = expect.objectContaining({ code: "decompression_failed" });
    for (let length = 1; length < whole.length; length++)
      await expect(unpacked(whole.subarray(0, length))).rejects.toEqual(refusal);
    for (const hex of [
      "28b52ffd014001010000",
      "28b52ffd00ff010000",
      "28b52ffdc0ffffffffffffffff40",
      "28b52ffd0040060000",
      "28b52ffd200839000061616161616161", // 7 bytes where the frame states 8
      // Some 32,000 repetitions of 65,539 bytes in a block: to be refused before they are written.
      "28b52ffd00686d00000841ff010054000034ffffff01",
    ])
      await expect(unpacked(Buffer.from(hex, "hex"))).rejects.toEqual(refusal);
    await expect(unpacked(Buffer.concat([whole, Buffer.from("more")]))).rejects.toEqual(refusal);
  });

  it("gives something or refuses, whatever bytes are changed", async () => {
    const random = seededRandom(5);
    const { packed } = await packedByDuckDb(TEXTS["words that repeat"].replace("40000", "300"));
    let refused = 0;
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(packed);
      for (let i = 0; i <= random() * 3; i++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      try {
        await unpacked(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: "decompression_failed" });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });

  it("is what reads a packed log", async () => {
    const dir = tempFolder();
    const { packed } = await packedByDuckDb(
      `SELECT '{"prompt":"p' || n || '","response":"r"}' FROM range(500) t(n)`,
    );
    writeFileSync(join(dir, "log.jsonl.zst"), packed);
    expect(conversationsIn(await readAll(dir, ["log.jsonl.zst"])).map(({ row }) => row)).toEqual(
      Array.from({ length: 500 }, (_, i) => i + 1),
    );
  });
});
