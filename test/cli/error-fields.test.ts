import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { errorFields } from "../../src/cli/error-fields.js";

/** An error that quotes its input, as those of JSON.parse do; the input looks like a stack. */
const quotingError = (): Error => new SyntaxError('unexpected "\n    at SECRET (SECRET:1:1)\n    at"');

describe("errorFields", () => {
  it("tells code and message of our own errors", () => {
    expect(errorFields(new GuardError("overloaded", "7 tokens wait"))).toEqual({
      error: "overloaded",
      message: "7 tokens wait",
    });
  });

  it("tells the name and the places of any other error, and none of its words", () => {
    const fields = errorFields(quotingError());
    expect(fields).toMatchObject({ error: "SyntaxError", at: expect.stringContaining("error-fields.test") });
    expect(JSON.stringify(fields)).not.toContain("SECRET");
  });

  it("keeps the words of a cause out as well", () => {
    const fields = errorFields(new GuardError("invalid_request", "not JSON", { cause: quotingError() }));
    expect(fields["cause"]).toContain("SyntaxError");
    expect(JSON.stringify(fields)).not.toContain("SECRET");
  });

  it("says no more than the type of what is not an error", () => {
    expect(errorFields("SECRET")).toEqual({ error: "string" });
  });
});
