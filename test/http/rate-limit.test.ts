import { describe, expect, it } from "@jest/globals";
import { openDoor } from "./door.js";
import { COMPUTED_TOKENS, WordGuard, sha256 } from "./fakes.js";

const key = (id: string, limits: { requestsPerMinute?: number; tokensPerMinute?: number }) => ({
  id,
  sha256: sha256(id),
  ...limits,
});
const as = (id: string) => ({ "x-api-key": id });
const input = { input: "hello" };

describe("the limit of requests", () => {
  it("refuses the request after the last one allowed, and says when to come back", async () => {
    const guard = new WordGuard();
    const { post } = await openDoor({ guard, keys: [key("a", { requestsPerMinute: 2 })] });
    const [first, second, third] = [
      await post("/moderate", input, as("a")),
      await post("/moderate", input, as("a")),
      await post("/moderate", input, as("a")),
    ];
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
    expect(first.headers.get("x-ratelimit-limit-requests")).toBe("2");
    expect(first.headers.get("x-ratelimit-remaining-requests")).toBe("1");
    expect(first.headers.get("x-ratelimit-reset-requests")).toBe("60s");
    expect(third.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    expect(third.body.error).toMatchObject({ code: "rate_limited", type: "rate_limit_error" });
    const retryAfter = Number(third.headers.get("retry-after"));
    expect(retryAfter).toBeGreaterThan(50);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(guard.calls).toHaveLength(2);
  });

  it("is each key's own, and no limit where there is none", async () => {
    const { post } = await openDoor({ keys: [key("a", { requestsPerMinute: 1 }), key("b", {})] });
    await post("/moderate", input, as("a"));
    expect((await post("/moderate", input, as("a"))).status).toBe(429);
    for (let at = 0; at < 5; at++) {
      const answer = await post("/moderate", input, as("b"));
      expect(answer.status).toBe(200);
      expect(answer.headers.get("x-ratelimit-limit-requests")).toBeNull();
    }
  });

  it("counts all paths that need a key together", async () => {
    const { ask, post } = await openDoor({ keys: [key("a", { requestsPerMinute: 1 })] });
    await ask("/v1/models", { headers: as("a") });
    expect((await post("/v1/moderations", input, as("a"))).status).toBe(429);
  });
});

describe("the limit of tokens", () => {
  const remaining = (headers: Headers) => Number(headers.get("x-ratelimit-remaining-tokens"));

  it("calls a request too large that no minute has room for: waiting would not help", async () => {
    const { post } = await openDoor({ keys: [key("a", { tokensPerMinute: 100 })] });
    const refused = await post("/moderate", { input: "a".repeat(2000) }, as("a"));
    expect(refused.status).toBe(413);
    expect(refused.headers.get("retry-after")).toBeNull();
  });

  it("charges what was computed once that is known", async () => {
    const { post } = await openDoor({ keys: [key("a", { tokensPerMinute: 1000 })] });
    const short = await post("/moderate", input, as("a"));
    expect(remaining(short.headers)).toBe(1000 - COMPUTED_TOKENS);
    const long = await post("/moderate", { input: "a".repeat(2000) }, as("a"));
    expect(remaining(long.headers)).toBe(1000 - 2 * COMPUTED_TOKENS);
    const list = await post("/v1/moderations", { input: ["a", "b", "c"] }, as("a"));
    expect(remaining(list.headers)).toBe(1000 - 5 * COMPUTED_TOKENS);
  });

  it("refuses what would exceed it by its length, and charges nothing for that", async () => {
    const guard = new WordGuard();
    const { post } = await openDoor({ guard, keys: [key("a", { tokensPerMinute: 520 })] });
    expect((await post("/moderate", input, as("a"))).status).toBe(200);
    const refused = await post("/moderate", { input: "a".repeat(2000) }, as("a")); // 504 by its length
    expect(refused.status).toBe(429);
    expect(refused.body.error.message).toMatch(/tokens/);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(remaining(refused.headers)).toBe(520 - COMPUTED_TOKENS);
    expect((await post("/moderate", input, as("a"))).status).toBe(200);
    expect(guard.calls).toHaveLength(2);
  });

  it("refuses further requests when the tokens are gone", async () => {
    const { post } = await openDoor({ keys: [key("a", { tokensPerMinute: 50 })] });
    const statuses = [];
    for (let at = 0; at < 4; at++) statuses.push((await post("/moderate", input, as("a"))).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });
});
