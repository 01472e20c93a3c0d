import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createChatGate } from "../../src/chat/index.js";
import type { Generator } from "../../src/generation/index.js";
import { openUpstream } from "../../src/upstream/index.js";
import { llamaGguf } from "../fixtures/gguf/llama-gguf.js";
import { LLAMA_CPP_MODEL, openLlamaCppServer } from "../fixtures/gguf/open-llama-cpp-server.js";
import { whyNoLlamaCpp } from "../fixtures/gguf/run-llama-cpp.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint } from "../fixtures/tiny-checkpoint.js";
import { collect, OPTIONS, request, scriptedGuard, textsOf, type Script } from "./scripted.js";

const SLOW_MS = 120_000;

const missing = await whyNoLlamaCpp();
const skipped = missing === null ? "" : `, skipped because llama.cpp does not run here: ${missing}`;

(missing === null ? describe : describe.skip)(`the gate before llama.cpp${skipped}`, () => {
  const open: AsyncDisposable[] = [];
  let generator: Generator;
  beforeAll(async () => {
    const server = await openLlamaCppServer(llamaGguf(await writeTinyCheckpoint(tempFolder())));
    open.push(server);
    const upstream = await openUpstream({
      ...{ preset: "llama.cpp", baseUrl: server.baseUrl, model: LLAMA_CPP_MODEL, apiKey: null, kind: "chat" },
      ...{ deadlineMs: 60_000, connectTimeoutMs: 5_000, silenceMs: 60_000, retries: 0, drainMs: 0 },
    });
    open.push(upstream);
    generator = upstream;
  }, SLOW_MS);
  afterAll(async () => {
    for (const one of open.reverse()) await one[Symbol.asyncDispose]();
  });

  const answered = async (script?: Script) => {
    const guard = scriptedGuard(script);
    const { sampling } = request().generation;
    const asked = request({ sampling: { ...sampling, temperature: 0, maxTokens: 24 } });
    return { ...(await collect(createChatGate({ guard, generator }).respond(asked, OPTIONS))), guard };
  };

  it(
    "lets out what real words it writes, all of them judged, and its count of tokens",
    async () => {
      const { got, thrown, guard } = await answered();
      expect(thrown).toBeNull();
      expect(textsOf(got).length).toBeGreaterThan(0);
      expect(guard.passed.at(-1)).toBe(textsOf(got));
      expect(got.at(-1)).toEqual({ type: "usage", promptTokens: expect.any(Number), completionTokens: 24 });
      expect(got).toContainEqual({ type: "finished", choice: 0, reason: "length" });
    },
    SLOW_MS,
  );

  it(
    "lets out nothing of an answer that is blocked, and the server writes the next one",
    async () => {
      const { got } = await answered(({ role }) => (role === "assistant" ? "block" : "allow"));
      expect(textsOf(got)).toBe("");
      expect(got).toContainEqual({ type: "finished", choice: 0, reason: "content_filter" });
      expect(textsOf((await answered()).got).length).toBeGreaterThan(0);
    },
    SLOW_MS,
  );
});
