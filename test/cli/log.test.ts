import { describe, expect, it } from "@jest/globals";
import { createLog } from "../../src/cli/log.js";

function logged(form: "auto" | "json" | "text", isTTY: boolean): string {
  let written = "";
  const log = createLog(form, { isTTY, write: (line: string) => (written += line) });
  log("warn", "engine ended", { reason: "SIGKILL\nforged line", restartInMs: 100, absent: undefined });
  return written;
}

describe("createLog", () => {
  it.each([
    ["json", true],
    ["auto", false],
  ] as const)("writes one JSON object per line as %s, terminal: %s", (form, isTTY) => {
    const line = logged(form, isTTY);
    expect(line.indexOf("\n")).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: "warn",
      event: "engine ended",
      reason: "SIGKILL\nforged line",
      restartInMs: 100,
    });
  });

  it.each([
    ["text", false],
    ["auto", true],
  ] as const)("writes one line that people can read as %s, terminal: %s", (form, isTTY) => {
    expect(logged(form, isTTY)).toMatch(
      /^\d\d:\d\d:\d\d warn {2}engine ended reason="SIGKILL\\nforged line" restartInMs=100\n$/,
    );
  });
});
