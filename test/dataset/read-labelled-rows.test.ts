import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it, test } from "@jest/globals";
import { readLabelledRows, type LabelledRow } from "../../src/dataset/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { rowFile } from "./rows.js";

let dir: string;
beforeEach(() => {
  dir = tempFolder();
});

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
}

const lines = (ids: readonly string[]): string =>
  ids.map((id) => `${JSON.stringify(rowFile({ id }))}\n`).join("");

async function idsIn(paths: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of readLabelledRows(paths, signal && { signal })) ids.push(id);
  return ids;
}

const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "invalid_config", message: expect.stringMatching(message) });

describe("readLabelledRows", () => {
  it("reads plain and packed files one after the other", async () => {
    const plain = write("a.jsonl", lines(["1", "2"]));
    const packed = write("b.jsonl.gz", gzipSync(lines(["3", "4"])));
    expect(await idsIn([packed, plain])).toEqual(["3", "4", "1", "2"]);
  });

  it("finds the same rows however lines end and chunks are cut", async () => {
    const ids = Array.from({ length: 700 }, (_, i) => `row ${String(i)} é€😀`.repeat(1 + (i % 7)));
    const text = lines(ids).trimEnd().split("\n");
    expect(await idsIn([write("unix", text.join("\n"))])).toEqual(ids);
    expect(await idsIn([write("dos", text.join("\r\n"))])).toEqual(ids);
    expect(await idsIn([write("gaps", `\uFEFF${text.join("\n\n  \n")}\n\n`)])).toEqual(ids);
  });

  it("reads several members of a packed file, as cat makes them", async () => {
    const two = Buffer.concat([gzipSync(lines(["1"])), gzipSync(lines(["2"]))]);
    expect(await idsIn([write("two.gz", two)])).toEqual(["1", "2"]);
  });

  it("takes a line of four megabytes, and none that is longer", async () => {
    const padded = (bytes: number): string => {
      const bare = JSON.stringify(rowFile({ note: "" })).length;
      return JSON.stringify(rowFile({ note: "x".repeat(bytes - bare) }));
    };
    expect(await idsIn([write("fits", `${padded(4 * 1024 * 1024)}\n`)])).toHaveLength(1);
    const tooLong = write("long", `${lines(["1"])}${padded(4 * 1024 * 1024 + 1)}\n`);
    await expect(idsIn([tooLong])).rejects.toEqual(refusal(/long, line 2: longer than 4194304 bytes/));
  });

  it("refuses a packed file that unpacks to one endless line before it fills the memory", async () => {
    const bomb = write("bomb.gz", gzipSync(Buffer.alloc(64 * 1024 * 1024, "x")));
    await expect(idsIn([bomb])).rejects.toEqual(refusal(/bomb\.gz, line 1: longer than/));
  });

  it("refuses a packed file of nothing but empty lines before they take minutes", async () => {
    const started = performance.now();
    for (const line of ["\n", " \r\n"]) {
      const bomb = write("bomb.gz", gzipSync(Buffer.alloc(32 * 1024 * 1024, line)));
      await expect(idsIn([bomb])).rejects.toEqual(
        refusal(/bomb\.gz, line \d+: more than 1048576 bytes of empty/),
      );
    }
    expect(performance.now() - started).toBeLessThan(5000); // to read them all takes several times as long
  });

  it("takes a megabyte of empty lines among rows, and counts them", async () => {
    const gap = "\n".repeat(512 * 1024);
    expect(await idsIn([write("fits", `${gap}${lines(["1"])}${gap}${lines(["2"])}`)])).toEqual(["1", "2"]);
    const surplus = write("surplus", `${gap}${lines(["1"])}${gap}\n${lines(["2"])}`);
    await expect(idsIn([surplus])).rejects.toEqual(refusal(/surplus, line 1048578: /));
  });

  it("names file and line of a bad row, and nothing of its text", async () => {
    const path = write("bad.jsonl", `${lines(["1"])}\n{"content": "a private matter"\n${lines(["3"])}`);
    const error = await idsIn([path]).catch((thrown: unknown) => thrown as Error);
    expect(error).toEqual(refusal(/bad\.jsonl, line 3: is not JSON$/));
    expect(JSON.stringify(error) + String(error)).not.toContain("private");
  });

  test.each<[string, string, string | Uint8Array, RegExp]>([
    ["bytes that are no text", "latin", Buffer.from([0x7b, 0xe9, 0x7d]), /latin, line 1: not valid UTF-8/],
    ["a packed file that is not packed", "plain.gz", "{}", /plain\.gz cannot be unpacked/],
    [
      "a packed file that ends early",
      "cut.gz",
      gzipSync(lines(["1"])).subarray(0, -9),
      /cut\.gz cannot be unpacked/,
    ],
  ])("refuses %s", async (_, name, content, message) => {
    await expect(idsIn([write(name, content)])).rejects.toEqual(refusal(message));
  });

  it("refuses what is not there or no file", async () => {
    await expect(idsIn([join(dir, "absent")])).rejects.toEqual(refusal(/absent does not exist$/));
    await expect(idsIn([join(dir, "absent.gz")])).rejects.toEqual(refusal(/absent\.gz does not exist$/));
    for (const name of ["folder", "folder.gz"]) {
      mkdirSync(join(dir, name));
      await expect(idsIn([join(dir, name)])).rejects.toEqual(
        refusal(/folder(\.gz)? cannot be read: EISDIR$/),
      );
    }
  });

  it("ends with the signal's reason", async () => {
    const path = write("a", lines(Array.from({ length: 5000 }, (_, i) => String(i))));
    const stop = new AbortController();
    const rows: LabelledRow[] = [];
    const reading = (async () => {
      for await (const row of readLabelledRows([path], { signal: stop.signal })) {
        rows.push(row);
        stop.abort(new Error("enough"));
      }
    })();
    await expect(reading).rejects.toThrow("enough");
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThan(5000);
  });

  it("lets go of the file when the reader has seen enough", async () => {
    const path = write("a.gz", gzipSync(lines(Array.from({ length: 5000 }, (_, i) => String(i)))));
    const rows = readLabelledRows([path]);
    await rows.next();
    await rows.return(undefined);
    expect((await rows.next()).done).toBe(true);
  });
});
