import { describe, expect, it } from "@jest/globals";
import { ERROR_CODES, GuardError, isCallersDoing, isErrorCode } from "../../src/base/index.js";

describe("GuardError", () => {
  it("carries code, pointer and cause beside its message", () => {
    const cause = new Error("inner");
    const error = new GuardError("too_large", "long", { cause, pointer: "/input", retryAfterMs: 5 });
    expect(error).toMatchObject({
      code: "too_large",
      message: "long",
      pointer: "/input",
      retryAfterMs: 5,
      cause,
    });
    expect(error.name).toBe("GuardError");
  });
});

describe("the list of codes", () => {
  it("names each code once", () => {
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
  });

  it("is closed: nothing else is a code", () => {
    expect(ERROR_CODES.every(isErrorCode)).toBe(true);
    for (const other of ["", "INVALID_REQUEST", "toString", 400, null, undefined])
      expect(isErrorCode(other)).toBe(false);
  });

  it("tells what a caller did from what could not be done", () => {
    expect(ERROR_CODES.filter(isCallersDoing)).toContain("rate_limited");
    expect(ERROR_CODES.filter(isCallersDoing)).not.toContain("overloaded");
    expect(isCallersDoing("bad_model_file")).toBe(false);
  });
});
