import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { LOG_FAULT_CODES, LOG_FORMATS } from "../../src/logs/index.js";
import { COLUMN_NAMES } from "../../src/logs/formats/columns.js";
import { LOG_LIMITS } from "../../src/logs/limits.js";

const page = readFileSync(join(import.meta.dirname, "../../docs/logs.md"), "utf8");

/** First cells of the rows that are a name in code. */
const rowsOf = (heading: string): string[] =>
  [
    ...page
      .split(`## ${heading}`)[1]!
      .split("\n## ")[0]!
      .matchAll(/^\| `(\w+)`/gm),
  ].map(([, name]) => name!);

describe("docs/logs.md", () => {
  it("has a row for each format and each fault, and none that is not there", () => {
    expect(rowsOf("How records are recognised").sort()).toEqual([...LOG_FORMATS].sort());
    expect(rowsOf("Faults").sort()).toEqual([...LOG_FAULT_CODES].sort());
  });

  it("names every column, and the limits as they are", () => {
    for (const name of Object.values(COLUMN_NAMES).flat()) expect(page).toContain(`\`${name}\``);
    expect(LOG_LIMITS).toEqual({
      ...{ maxLineBytes: 8 * 1024 * 1024, maxDepth: 100, maxTurns: 10_000, maxKeyLength: 200 },
      maxGatheredLength: 16 * 1024 * 1024,
    });
  });
});
