import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { download } from "../../src/hub/download.js";
import type { PartialFile } from "../../src/hub/partial-file.js";

const nowhere: PartialFile = {
  bytes: 0,
  read: () => [] as unknown as AsyncIterable<Uint8Array>,
  write: () => Promise.resolve(),
  truncate: () => Promise.resolve(),
  finish: () => Promise.resolve(true),
  remove: () => Promise.resolve(),
  release: () => Promise.resolve(),
};

describe("download", () => {
  it("does not go round for ever where every attempt begins anew and none gets further", async () => {
    const file = { path: "w", bytes: 30_000_000, digest: { algorithm: "sha256", hex: "0" } } as const;
    let attempts = 0;
    const options = {
      ...{ pausesMs: [1, 1, 1], signal: new AbortController().signal, report: () => undefined },
      read: async (_: number, use: (answer: never) => Promise<void>) => {
        if (++attempts > 20) throw new Error("still going");
        const chunks = [new Uint8Array(10_000_000)];
        await use({ status: 200, headers: new Headers(), fromHub: true, chunks } as never);
        throw new GuardError("upstream_failed", "cut", { retryAfterMs: 0 });
      },
    };
    await expect(download(file, nowhere, options)).rejects.toThrow("cut");
    expect(attempts).toBe(4); // the first got further than nothing, three did not get further than it
  });
});
