import { createChatGate } from "../chat/index.js";
import type { Config } from "../config/index.js";
import type { Generator } from "../generation/index.js";
import type { Guard } from "../guard/index.js";
import type { ChatServing } from "../http/index.js";

/** Guarded generation as the settings want it. */
export const chatServing = (config: Config, guard: Guard, generator: Generator): ChatServing => ({
  gate: createChatGate({ guard, generator }),
  generator,
  options: {
    before: config.chatBefore,
    stream: { maxUnjudgedTokens: config.chatMaxUnjudgedTokens, checkTokens: config.chatCheckTokens },
    failOpen: { input: config.chatFailOpenInput === "yes", output: config.chatFailOpenOutput === "yes" },
    checkDeadlineMs: config.chatCheckDeadlineMs,
  },
  limits: {
    deadlineMs: config.chatDeadlineMs,
    keepAliveMs: config.chatKeepAliveMs,
    stallMs: config.chatStallMs,
  },
});
