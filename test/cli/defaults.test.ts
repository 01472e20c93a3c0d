import { describe, expect, it } from "@jest/globals";
import { readConfig } from "../../src/config/index.js";
import { ENGINE_DEFAULTS } from "../../src/engine/index.js";
import { DEFAULT_CHAT_LIMITS, DEFAULT_HTTP_LIMITS } from "../../src/http/index.js";

const MIB = 1024 * 1024;

describe("the defaults of the settings", () => {
  const config = readConfig({}, {});

  it("are those of the engine, but for threads, which follow the machine", () => {
    expect({
      headCacheBytes: config.headCacheMib * MIB,
      cacheBytes: config.conversationCacheMib * MIB,
      waitingTokens: config.waitingTokens,
      stepTokens: config.stepTokens,
      drainMs: config.drainMs,
      startTimeoutMs: config.startTimeoutMs,
      stuckMs: config.stuckMs,
    }).toEqual({ ...ENGINE_DEFAULTS, threads: undefined, env: undefined });
  });

  it("are those of guarded chat", () => {
    const { chatDeadlineMs: deadlineMs, chatKeepAliveMs: keepAliveMs, chatStallMs: stallMs } = config;
    expect({ deadlineMs, keepAliveMs, stallMs }).toEqual(DEFAULT_CHAT_LIMITS);
  });

  it("are those of the HTTP door", () => {
    expect({ bodyBytes: config.bodyBytes, deadlineMs: config.requestTimeoutMs }).toEqual({
      bodyBytes: DEFAULT_HTTP_LIMITS.bodyBytes,
      deadlineMs: DEFAULT_HTTP_LIMITS.deadlineMs,
    });
  });
});
