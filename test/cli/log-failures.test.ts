import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { createFailureLog } from "../../src/cli/log-failures.js";
import type { ProblemCode } from "../../src/http/index.js";

/** A failure log on a clock that moves when told to. */
function failuresOnClock() {
  const lines: unknown[][] = [];
  const waiting: (() => void)[] = [];
  const log = createFailureLog(
    (...line) => void lines.push(line),
    (_ms, task) => void waiting.push(task),
  );
  return {
    fail(code: Exclude<ProblemCode, "internal">, times = 1): void {
      for (let n = 1; n <= times; n += 1)
        log({ requestId: `req-${String(n)}`, code, status: 503, error: new GuardError(code, "as it says") });
    },
    passSecond: () => waiting.splice(0).forEach((task) => task()),
    /** What was logged since the last call. */
    lines: () => lines.splice(0),
  };
}

describe("createFailureLog", () => {
  it("writes the first failure of a code at once, the others of that second as a count", () => {
    const { fail, passSecond, lines } = failuresOnClock();
    fail("engine_unavailable", 51);
    expect(lines()).toEqual([
      [
        "warn",
        "request failed",
        { requestId: "req-1", status: 503, error: "engine_unavailable", message: "as it says" },
      ],
    ]);
    passSecond();
    expect(lines()).toEqual([["warn", "more requests failed", { error: "engine_unavailable", count: 50 }]]);
  });

  it("never writes two lines of a code within a second, and counts every failure once", () => {
    const { fail, passSecond, lines } = failuresOnClock();
    fail("overloaded", 3);
    passSecond();
    expect(lines()).toHaveLength(2);
    fail("overloaded", 4); // less than a second after the count
    expect(lines()).toEqual([]);
    passSecond();
    expect(lines()).toEqual([["warn", "more requests failed", { error: "overloaded", count: 4 }]]);
  });

  it("says nothing more when nothing was left out, and speaks up again afterwards", () => {
    const { fail, passSecond, lines } = failuresOnClock();
    fail("deadline_exceeded");
    passSecond();
    expect(lines()).toHaveLength(1);
    fail("deadline_exceeded");
    expect(lines()).toHaveLength(1);
  });

  it("keeps codes apart, and warns of those only that pass by waiting", () => {
    const { fail, lines } = failuresOnClock();
    const codes = ["overloaded", "engine_unavailable", "unreadable_output", "deadline_exceeded"] as const;
    for (const code of codes) fail(code);
    expect(lines().map(([level]) => level)).toEqual(["warn", "warn", "error", "error"]);
  });
});
