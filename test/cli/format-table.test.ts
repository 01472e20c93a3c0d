import { describe, expect, it } from "@jest/globals";
import { formatTable } from "../../src/cli/format-table.js";

describe("formatTable", () => {
  it("aligns columns and leaves no spaces at the end of a line", () => {
    const rows = [
      ["NAME", "SIZE"],
      ["small", "1 B"],
      ["x", ""],
    ];
    expect(formatTable(rows)).toBe("NAME   SIZE\nsmall  1 B\nx\n");
  });

  it("lets no cell steer a terminal or begin a line", () => {
    expect(formatTable([["a\u001b[2Jb\nc\u202e"]])).toBe("a?[2Jb?c?\n");
  });
});
