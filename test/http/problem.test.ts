import { describe, expect, it, test } from "@jest/globals";
import { ERROR_CODES, GuardError, type ErrorCode } from "../../src/base/index.js";
import { CONTRACT } from "../../src/http/contract.js";
import type { Failure } from "../../src/http/index.js";
import { openDoor, type Answer } from "./door.js";
import { WordGuard } from "./fakes.js";

const STATUS: Readonly<Record<string, number>> = {
  invalid_request: 400,
  content_policy_violation: 400,
  unauthorized: 401,
  forbidden: 403,
  policy_not_found: 404,
  too_large: 413,
  rate_limited: 429,
  unreadable_output: 500,
  upstream_failed: 502,
  overloaded: 503,
  engine_unavailable: 503,
  deadline_exceeded: 504,
};
const failures: Failure[] = [];

async function answerTo(error: unknown): Promise<Answer> {
  failures.length = 0;
  const guard = new WordGuard();
  guard.before = () => Promise.reject(error as Error);
  const { post } = await openDoor({ guard, onFailure: (failure) => failures.push(failure) });
  return post("/moderate", { input: "a" });
}

describe("errors", () => {
  test.each(Object.entries(STATUS))("of code %s answer %i", async (code, status) => {
    const error = new GuardError(code as ErrorCode, "as the guard says", { pointer: "/input" });
    const answer = await answerTo(error);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatchObject({ code, message: "as the guard says", param: "/input" });
    expect(failures.map((failure) => failure.code)).toEqual(status >= 500 ? [code] : []);
  });

  test.each(["rate_limited", "overloaded", "engine_unavailable"] as const)(
    "of code %s always say when to come back",
    async (code) => {
      expect(Number((await answerTo(new GuardError(code, "x"))).headers.get("retry-after"))).toBeGreaterThan(
        0,
      );
      const told = await answerTo(new GuardError(code, "x", { retryAfterMs: 12_001 }));
      expect(told.headers.get("retry-after")).toBe("13");
      const soon = await answerTo(new GuardError(code, "x", { retryAfterMs: 3 }));
      expect(soon.headers.get("retry-after")).toBe("1");
    },
  );

  it("tell clients not to repeat what stays unreadable", async () => {
    const answer = await answerTo(new GuardError("unreadable_output", "x"));
    expect(answer.headers.get("x-should-retry")).toBe("false");
    expect((await answerTo(new GuardError("overloaded", "x"))).headers.get("x-should-retry")).toBeNull();
  });

  test.each([
    ["no GuardError", new TypeError("SECRET")],
    ["one of a start", new GuardError("bad_model_file", "SECRET")],
    ["no error at all", "SECRET"],
  ])("that are %s become internal and show nothing of themselves", async (_what, error) => {
    const answer = await answerTo(error);
    expect(answer.status).toBe(500);
    expect(answer.body.error).toMatchObject({ code: "internal", type: "server_error", param: null });
    expect(JSON.stringify(answer.body)).not.toContain("SECRET");
    expect(failures).toEqual([
      { requestId: answer.headers.get("x-request-id"), code: "internal", status: 500, error },
    ]);
  });

  it("give null for a pointer to the whole", async () => {
    const answer = await answerTo(new GuardError("invalid_request", "x", { pointer: "" }));
    expect(answer.body.error.param).toBeNull();
  });

  it("have exactly the codes that openapi.yaml lists", () => {
    const { Error: schema } = CONTRACT.components.schemas as unknown as {
      Error: { properties: { error: { properties: { code: { enum: string[]; description: string } } } } };
    };
    const { enum: listed, description } = schema.properties.error.properties.code;
    const startOnly = ["invalid_config", "invalid_policy", "bad_model_file"];
    const told = [...ERROR_CODES.filter((code) => !startOnly.includes(code)), "internal"];
    expect([...listed].sort()).toEqual(told.sort());
    const table = [...description.matchAll(/`(\w+)` \| (\d+)/g)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(Object.fromEntries(table)).toEqual({
      ...STATUS,
      not_found: 404,
      method_not_allowed: 405,
      canceled: 499,
      internal: 500,
    });
  });
});
