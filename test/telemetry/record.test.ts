import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  METRIC,
  recordChatCheck,
  recordDegraded,
  recordFailure,
  recordFirstText,
  recordModeration,
  recordRequest,
  type ModerationRecord,
} from "../../src/telemetry/index.js";
import { openInMemorySdk } from "./in-memory-sdk.js";

const MODERATION: ModerationRecord = {
  policyId: "llama-guard-2",
  role: "user",
  verdict: "unsafe",
  action: "block",
  categories: ["S2", "S9"],
  promptTokens: 700,
  cachedTokens: 640,
  computedTokens: 63,
  queueSeconds: 0.02,
  computeSeconds: 0.2,
};

describe("what is recorded", () => {
  let sdk: ReturnType<typeof openInMemorySdk>;
  beforeEach(() => {
    sdk = openInMemorySdk();
  });
  afterEach(() => sdk.close());

  it("reaches an SDK that was installed after the first record", async () => {
    await sdk.close();
    recordModeration(MODERATION);
    sdk = openInMemorySdk();
    recordModeration(MODERATION);
    const { points } = await sdk.collect();
    expect(points.get(METRIC.verdicts)).toEqual([
      expect.objectContaining({
        value: 1,
        attributes: {
          "portcullis.policy": "llama-guard-2",
          "portcullis.role": "user",
          "portcullis.verdict": "unsafe",
          "portcullis.action": "block",
        },
      }),
    ]);
  });

  it("counts every violated category once, under its policy", async () => {
    recordModeration(MODERATION);
    recordModeration({ ...MODERATION, categories: ["S9"] });
    const { points } = await sdk.collect();
    const counted = points
      .get(METRIC.violations)!
      .map(({ attributes, value }) => [(attributes as Record<string, string>)["portcullis.category"], value]);
    expect(counted).toEqual([
      ["S2", 1],
      ["S9", 2],
    ]);
  });

  it("adds up tokens and keeps seconds as seconds", async () => {
    recordModeration(MODERATION);
    recordModeration(MODERATION);
    const { points } = await sdk.collect();
    const valueOf = (name: string): unknown => points.get(name)?.[0]?.value;
    expect(valueOf(METRIC.promptTokens)).toBe(1400);
    expect(valueOf(METRIC.cachedTokens)).toBe(1280);
    expect(valueOf(METRIC.computedTokens)).toBe(126);
    expect(valueOf(METRIC.queueDuration)).toMatchObject({ count: 2, sum: 0.04 });
    expect(valueOf(METRIC.computeDuration)).toMatchObject({ count: 2, sum: 0.4 });
  });

  it("describes a request by its route, never by what the caller made up", async () => {
    recordRequest({ route: "/v1/policies/:id", method: "GET", status: 200, seconds: 0.03 });
    recordRequest({ method: "BREW", status: 404, seconds: 0.001 });
    recordRequest({ route: "/moderate", method: "POST", status: 503, seconds: 0.002 });
    const { points } = await sdk.collect();
    expect(points.get(METRIC.requestDuration)!.map(({ attributes }) => attributes)).toEqual([
      {
        "http.request.method": "GET",
        "url.scheme": "http",
        "http.route": "/v1/policies/:id",
        "http.response.status_code": 200,
      },
      { "http.request.method": "_OTHER", "url.scheme": "http", "http.response.status_code": 404 },
      {
        "http.request.method": "POST",
        "url.scheme": "http",
        "http.route": "/moderate",
        "http.response.status_code": 503,
        "error.type": "503",
      },
    ]);
  });

  it("uses the buckets of the HTTP conventions", async () => {
    recordRequest({ route: "/moderate", method: "POST", status: 200, seconds: 0.03 });
    const { points } = await sdk.collect();
    expect(points.get(METRIC.requestDuration)![0]!.value).toMatchObject({
      buckets: { boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
    });
  });

  it("tells failures and unjudged messages apart by stage", async () => {
    recordFailure({ code: "overloaded", stage: "moderate" });
    recordFailure({ code: "internal", stage: "after" });
    recordDegraded({ stage: "before" });
    const { points } = await sdk.collect();
    expect(points.get(METRIC.failures)!.map(({ attributes }) => attributes)).toEqual([
      { "error.type": "overloaded", "portcullis.stage": "moderate" },
      { "error.type": "internal", "portcullis.stage": "after" },
    ]);
    expect(points.get(METRIC.degraded)!.map(({ attributes }) => attributes)).toEqual([
      { "portcullis.stage": "before" },
    ]);
  });

  it("counts checks of guarded chat by stage, mode and outcome", async () => {
    recordChatCheck({ stage: "before", mode: "enforce", outcome: "passed" });
    recordChatCheck({ stage: "stream", mode: "shadow", outcome: "would_block" });
    recordChatCheck({ stage: "stream", mode: "shadow", outcome: "would_block" });
    const { points } = await sdk.collect();
    expect(points.get(METRIC.chatChecks)!.map(({ attributes, value }) => ({ ...attributes, value }))).toEqual(
      [
        {
          "portcullis.stage": "before",
          "portcullis.mode": "enforce",
          "portcullis.outcome": "passed",
          value: 1,
        },
        {
          "portcullis.stage": "stream",
          "portcullis.mode": "shadow",
          "portcullis.outcome": "would_block",
          value: 2,
        },
      ],
    );
  });

  it("keeps how long callers waited for the first text, in seconds", async () => {
    recordFirstText(0.4);
    const { points } = await sdk.collect();
    expect(points.get(METRIC.chatFirstText)![0]).toMatchObject({ attributes: {}, value: { sum: 0.4 } });
  });
});
