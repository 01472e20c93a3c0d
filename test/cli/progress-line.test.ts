import { beforeEach, describe, expect, it } from "@jest/globals";
import { createProgressLine, type ProgressLine, type ProgressState } from "../../src/cli/progress-line.js";

let written: string[];
let clockMs: number;
beforeEach(() => {
  [written, clockMs] = [[], 0];
});

const open = (isTerminal: boolean, columns?: number): ProgressLine =>
  createProgressLine({
    stream: { write: (text) => written.push(text), ...(columns !== undefined && { columns }) },
    isTerminal,
    now: () => clockMs,
  });
const bytes = (done: number, total = 16_000_000_000): ProgressState => ({
  ...{ label: "model.safetensors", done, total, unit: "bytes" },
});

describe("createProgressLine", () => {
  it("rewrites one line on a terminal, at most ten times a second", () => {
    const line = open(true, 120);
    for (; clockMs < 1_000; clockMs += 10) line.update(bytes(clockMs * 1_000_000));
    expect(written).toHaveLength(10);
    expect(written.every((text) => text.startsWith("\r[") && text.endsWith("\x1b[K"))).toBe(true);
    line.finish("done");
    expect(written.slice(10).join("")).toMatch(
      /^\r\[#-+\] {2}model.*990\.0 MB of 16\.0 GB.*\x1b\[K\ndone\n$/,
    );
  });

  it("says how far it is, how fast, and how long it will take", () => {
    const line = open(true, 200);
    for (; clockMs <= 20_000; clockMs += 100) line.update(bytes(clockMs * 100_000));
    const bar = `[${"#".repeat(3)}${"-".repeat(25)}]`;
    expect(written.at(-1)).toBe(
      `\r${bar}  model.safetensors  12%  2.0 GB of 16.0 GB  100.0 MB/s  3 min left\x1b[K`,
    );
  });

  it("measures speed over the last ten seconds", () => {
    const line = open(true, 200);
    for (; clockMs <= 60_000; clockMs += 100)
      line.update(bytes(clockMs < 40_000 ? clockMs * 1e6 : 4e10 + (clockMs - 40_000) * 1_000, 1e12));
    expect(written.at(-1)).toContain("  1.0 MB/s  ");
  });

  it("measures anew when the work begins anew", () => {
    const line = open(true, 200);
    line.update(bytes(8e9));
    clockMs += 1_000;
    line.update(bytes(0));
    clockMs += 1_000;
    line.update(bytes(1e6));
    expect(written.at(-1)).toContain("  1.0 MB/s  ");
  });

  it.each([20, 40, 70, 90])("stays within %d columns", (columns) => {
    const line = open(true, columns);
    line.update({ ...bytes(8e9), note: "resumed" });
    expect(written[0]!.slice(1, -3).length).toBeLessThan(columns);
    expect(written[0]!.startsWith("\r[")).toBe(columns >= 70);
  });

  it("writes whole plain lines elsewhere, every ten seconds and at the end", () => {
    const line = open(false);
    for (; clockMs < 25_000; clockMs += 100) line.update(bytes(clockMs * 100_000));
    line.finish("fetched");
    expect(written).toEqual([
      "model.safetensors  6%  1.0 GB of 16.0 GB  100.0 MB/s  3 min left\n",
      "model.safetensors  12%  2.0 GB of 16.0 GB  100.0 MB/s  3 min left\n",
      "model.safetensors  15%  2.5 GB of 16.0 GB  100.0 MB/s  3 min left\n",
      "fetched\n",
    ]);
  });

  it("counts rows and tokens, with or without a total", () => {
    const line = open(false);
    line.update({ label: "audit", done: 0, total: 20_000, unit: "rows" });
    clockMs += 10_000;
    line.update({ label: "audit", done: 12_345, total: 20_000, unit: "rows", note: "3 unsafe" });
    line.update({ label: "scores", done: 40, total: 0, unit: "tokens" });
    line.finish();
    expect(written).toEqual([
      "audit  61%  12,345 rows of 20,000 rows  1,235 rows/s  7 s left  3 unsafe\n",
      "scores  40 tokens\n",
    ]);
  });

  it("says only the last line of a work that had no progress", () => {
    open(true).finish("nothing to do");
    open(false).finish();
    expect(written).toEqual(["nothing to do\n"]);
  });
});
