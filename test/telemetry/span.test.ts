import { SpanStatusCode, propagation } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { continueTrace, withSpan } from "../../src/telemetry/index.js";
import { openInMemorySdk } from "./in-memory-sdk.js";

describe("withSpan", () => {
  let sdk: ReturnType<typeof openInMemorySdk>;
  beforeEach(() => {
    sdk = openInMemorySdk();
  });
  afterEach(() => sdk.close());

  it("hands back what the work gave and notes what the work found out", async () => {
    const result = await withSpan("moderate", { "portcullis.policy": "p" }, (annotate) => {
      annotate({ "portcullis.verdict": "safe" });
      return Promise.resolve(7);
    });
    const { spans } = await sdk.collect();
    expect(result).toBe(7);
    expect(spans.map(({ name, attributes, status }) => ({ name, attributes, code: status.code }))).toEqual([
      {
        name: "moderate",
        attributes: { "portcullis.policy": "p", "portcullis.verdict": "safe" },
        code: SpanStatusCode.UNSET,
      },
    ]);
  });

  it.each([
    ["a GuardError", new GuardError("overloaded", "SECRET-TEXT", { cause: "SECRET-TEXT" }), "overloaded"],
    ["any other error", new Error("SECRET-TEXT"), "internal"],
  ])("marks %s by its code and lets no message through", async (_, error, code) => {
    await expect(withSpan("moderate", {}, () => Promise.reject(error))).rejects.toBe(error);
    const { spans, text } = await sdk.collect();
    expect(spans[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { "error.type": code },
      ended: true,
      events: [],
    });
    expect(text).not.toContain("SECRET-TEXT");
  });

  it("names what the caller did wrong without calling it an error of this service", async () => {
    const refusal = new GuardError("too_large", "too long");
    await expect(withSpan("moderate", {}, () => Promise.reject(refusal))).rejects.toBe(refusal);
    const { spans } = await sdk.collect();
    expect(spans[0]).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { "error.type": "too_large" },
    });
  });

  it("ends the span when the work throws before it returns a promise", async () => {
    const broken = (): Promise<never> => {
      throw new Error("at once");
    };
    await expect(withSpan("moderate", {}, broken)).rejects.toThrow("at once");
    expect((await sdk.collect()).spans).toHaveLength(1);
  });

  it("nests spans, under the caller's trace when the headers name one", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await continueTrace({ traceparent }, () =>
      withSpan("moderate", {}, () => withSpan("score", {}, () => Promise.resolve())),
    );
    const { spans } = await sdk.collect();
    const [inner, outer] = spans;
    expect(outer!.spanContext().traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    expect(outer!.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
    expect(inner!.parentSpanContext?.spanId).toBe(outer!.spanContext().spanId);
  });

  it("takes nothing from a caller but the trace's name", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const headers = { traceparent, tracestate: "vendor=SECRET-TEXT", baggage: "user=SECRET-TEXT" };
    const baggage = await continueTrace(headers, () =>
      withSpan("moderate", {}, () => Promise.resolve(propagation.getActiveBaggage())),
    );
    const [span] = (await sdk.collect()).spans;
    expect(span!.spanContext().traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    expect(span!.spanContext().traceState).toBeUndefined();
    expect(baggage).toBeUndefined();
  });
});
