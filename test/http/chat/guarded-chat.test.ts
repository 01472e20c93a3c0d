import { describe, expect, it } from "@jest/globals";
import { finished, judged, text, USAGE } from "../../chat/scripted.js";
import { openDoor } from "../door.js";
import { POLICY, sha256 } from "../fakes.js";
import { ask, CHAT, COMPLETIONS, GREETING, MODEL, openChatDoor } from "./chat-door.js";

describe("an answer", () => {
  it("is a chat completion as OpenAI has them, with our verdicts beside it", async () => {
    const { post } = await openChatDoor();
    const { status, body, headers } = await post(CHAT, ask());
    expect(status).toBe(200);
    const verdict = (role: "user" | "assistant") => ({
      ...judged("allow", role),
      usage: { tokens: 1, cachedTokens: 0, computedTokens: 1 },
    });
    expect(body).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: "chat.completion",
      created: expect.any(Number),
      model: MODEL,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello.", refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: { prompt_tokens: 7, completion_tokens: 9, total_tokens: 16 },
      portcullis: {
        policy: { id: POLICY.id, version: POLICY.version, sha256: POLICY.sha256 },
        modes: { input: "enforce", output: "enforce" },
        input: verdict("user"),
        output: [verdict("assistant")],
        degraded: [],
        flags: [],
        notice: "A toy.",
      },
    });
    expect(Math.abs(body.created - Date.now() / 1000)).toBeLessThan(60);
    expect(headers.get("x-portcullis-verdict")).toBe("safe");
    expect(headers.get("x-portcullis-policy")).toBe(`${POLICY.id};sha256=${POLICY.sha256}`);
    expect(headers.get("x-portcullis-degraded")).toBeNull();
  });

  it("of a text that goes on is a text completion", async () => {
    const { post, asked } = await openChatDoor();
    const { body } = await post(COMPLETIONS, { model: MODEL, prompt: ["Once"], max_tokens: 5 });
    expect(body).toMatchObject({
      id: expect.stringMatching(/^cmpl-/),
      object: "text_completion",
      choices: [{ index: 0, text: "Hello.", logprobs: null, finish_reason: "stop" }],
      usage: { total_tokens: 16 },
      portcullis: { input: { verdict: "safe" } },
    });
    expect(asked[0]).toMatchObject({ input: { kind: "text", prompt: "Once" }, sampling: { maxTokens: 5 } });
  });

  it("has as many choices as were asked for, each with its verdict", async () => {
    const steps = [text(1, "B."), text(0, "A."), finished(1, "length"), finished(0), USAGE];
    const { post } = await openChatDoor({ steps });
    const { body } = await post(CHAT, ask({ n: 2 }));
    expect(body.choices).toMatchObject([
      { index: 0, message: { content: "A." }, finish_reason: "stop" },
      { index: 1, message: { content: "B." }, finish_reason: "length" },
    ]);
    expect(body.portcullis.output).toHaveLength(2);
  });

  it("that is empty is safe, since nobody has to judge it", async () => {
    const { post } = await openChatDoor({ steps: [finished(0), USAGE] });
    const { body, headers } = await post(CHAT, ask());
    expect(body.choices[0].message.content).toBe("");
    expect(body.portcullis.output).toEqual([null]);
    expect(headers.get("x-portcullis-verdict")).toBe("safe");
  });

  it("has no usage where the generator told none", async () => {
    const { post } = await openChatDoor({ steps: GREETING.slice(0, -1) });
    expect((await post(CHAT, ask())).body).not.toHaveProperty("usage");
  });

  it("holds tool calls whole, and no content when nothing was said beside them", async () => {
    const piece = (fields: object) => ({ type: "toolCall", choice: 0, index: 0, ...fields }) as never;
    const steps = [
      piece({ id: "call_1", name: "weather", arguments: '{"ci' }),
      piece({ arguments: 'ty":"Paris"}' }),
      finished(0, "tool_calls"),
    ];
    const { post } = await openChatDoor({ steps });
    const tools = [{ type: "function", function: { name: "weather" } }];
    const { body } = await post(CHAT, ask({ tools }));
    expect(body.choices[0]).toMatchObject({
      message: {
        content: null,
        tool_calls: [
          { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } },
        ],
      },
      finish_reason: "tool_calls",
    });
    expect(body.portcullis.flags).toEqual(["tools_not_judged"]);
  });

  it("holds the probabilities that were asked for, in the shape of each endpoint", async () => {
    const token = (word: string) => ({ token: word, bytes: [...Buffer.from(word)], logprob: -0.5 });
    const said = (word: string) =>
      ({
        ...(text(0, word) as object),
        logprobs: [{ ...token(word), top: [token(word), token("Bye")] }],
      }) as never;
    const { post } = await openChatDoor({ steps: [said("Né"), said("e"), finished(0), USAGE] });
    const chat = await post(CHAT, ask({ logprobs: true, top_logprobs: 2 }));
    expect(chat.body.choices[0].logprobs).toEqual({
      content: ["Né", "e"].map((word) => ({ ...token(word), top_logprobs: [token(word), token("Bye")] })),
      refusal: null,
    });
    const plain = await post(COMPLETIONS, { model: MODEL, prompt: "N", logprobs: 2 });
    expect(plain.body.choices[0].logprobs).toEqual({
      tokens: ["Né", "e"],
      token_logprobs: [-0.5, -0.5],
      top_logprobs: [
        { Né: -0.5, Bye: -0.5 },
        { e: -0.5, Bye: -0.5 },
      ],
      text_offset: [0, 2],
    });
  });
});

describe("the policy", () => {
  const headers = (id: string) => ({ "x-portcullis-policy": id });

  it("is the one that body or header name, or the server's", async () => {
    const { post } = await openChatDoor();
    const idOf = async (fields: object, header = {}): Promise<string> =>
      (await post(CHAT, ask(fields), header)).body.portcullis.policy.id as string;
    expect(await idOf({})).toBe(POLICY.id);
    expect(await idOf({ policy: "other" })).toBe("other");
    expect(await idOf({}, headers("other"))).toBe("other");
    expect(await idOf({ policy: "other" }, headers("other"))).toBe("other");
  });

  it("cannot be two, nor one that does not exist", async () => {
    const { post, asked } = await openChatDoor();
    const two = await post(CHAT, ask({ policy: POLICY.id }), headers("other"));
    expect(two.status).toBe(400);
    expect(two.body.error).toMatchObject({ code: "invalid_request", param: "/policy" });
    const none = await post(CHAT, ask(), headers("none"));
    expect([none.status, none.body.error.code]).toEqual([404, "policy_not_found"]);
    expect(asked).toEqual([]);
  });

  it.each(["flag", "shadow"] as const)(
    "lets pass what it would block in mode %s, and says so",
    async (mode) => {
      const policy = { modes: { input: mode, output: mode } };
      const { post } = await openChatDoor({ policy, guard: () => "block" });
      const { body, headers: told } = await post(CHAT, ask());
      expect(body.choices[0]).toMatchObject({
        message: { content: "Hello.", refusal: null },
        finish_reason: "stop",
      });
      expect(body.portcullis).toMatchObject({
        modes: policy.modes,
        input: { action: "block" },
        output: [{ action: "block" }],
      });
      expect(told.get("x-portcullis-verdict")).toBe("unsafe");
    },
  );
});

describe("messages that hold more than text", () => {
  const image = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
  const withImage = ask({ messages: [{ role: "user", content: [{ type: "text", text: "See" }, image] }] });

  it("are refused, with a pointer, unless the policy says otherwise", async () => {
    const { post, asked } = await openChatDoor();
    const { status, body } = await post(CHAT, withImage);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: "invalid_request",
      param: "/messages/0/content/1/type",
      message: expect.stringContaining("only text can be judged"),
    });
    expect(asked).toEqual([]);
  });

  it("are answered from their text under a policy that lets them pass, and the answer says so", async () => {
    const { post, asked, guard } = await openChatDoor({ policy: { unjudgeable: "pass" } });
    const { body } = await post(CHAT, withImage);
    expect(body.portcullis.flags).toEqual(["unjudged_content"]);
    expect(asked[0]?.input).toEqual({ kind: "chat", messages: [{ role: "user", content: "See" }] });
    expect(guard.asked[0]?.conversation).toEqual([{ role: "user", content: "See" }]);
    const alone = await post(CHAT, ask({ messages: [{ role: "user", content: [image] }] }));
    expect([alone.status, alone.body.error.param]).toEqual([400, "/messages/0/content"]);
  });
});

describe("an operator who fails open", () => {
  const crash = (): never => {
    throw new TypeError("SECRET");
  };

  it("gets answers that are marked in header and body", async () => {
    const { post, stream } = await openChatDoor({
      guard: crash,
      operator: { failOpen: { input: true, output: true } },
    });
    const { body, headers } = await post(CHAT, ask());
    expect(body.choices[0].message.content).toBe("Hello.");
    expect(body.portcullis).toMatchObject({
      input: { error: "engine_unavailable" },
      output: [{ error: "engine_unavailable" }],
      degraded: [
        { stage: "input", choice: null, code: "engine_unavailable" },
        { stage: "output", choice: 0, code: "engine_unavailable" },
      ],
    });
    expect(headers.get("x-portcullis-degraded")).toBe("input, output");
    expect(headers.get("x-portcullis-verdict")).toBe("unjudged");
    expect(JSON.stringify(body)).not.toContain("SECRET");

    const streamed = await stream(ask());
    expect(streamed.content).toBe("Hello.");
    expect(streamed.headers.get("x-portcullis-degraded")).toContain("input");
    expect(streamed.chunks.at(-1).portcullis.degraded).toHaveLength(2);
  });
});

describe("the doors of guarded chat", () => {
  it("say that no generator is set up where none is", async () => {
    const { post, ask: get } = await openDoor();
    for (const path of [CHAT, COMPLETIONS]) {
      const { status, body } = await post(path, ask());
      expect([status, body.error.code]).toEqual([404, "not_found"]);
      expect(body.error.message).toContain("no generator is set up");
    }
    expect((await get("/")).body.generator).toBeNull();
  });

  it("know one model", async () => {
    const { post } = await openChatDoor();
    const { status, body } = await post(CHAT, ask({ model: "gpt-4o" }));
    expect([status, body.error.code, body.error.param]).toEqual([404, "not_found", "/model"]);
  });

  it("are named by GET / and /v1/models, with the notice of the generator", async () => {
    const { ask: get } = await openChatDoor();
    const { body: list } = await get("/v1/models");
    expect(list.data).toMatchObject([{ id: "word-guard" }, { id: MODEL }]);
    expect((await get(`/v1/models/${MODEL}`)).body.id).toBe(MODEL);
    expect((await get("/")).body).toMatchObject({
      generator: { id: MODEL, notice: "A toy." },
      model: { id: "word-guard" },
      links: { chat: CHAT, completions: COMPLETIONS },
    });
  });

  it("show what a policy says of chat", async () => {
    const { ask: get } = await openChatDoor({ policy: { unjudgeable: "pass" } });
    expect((await get(`/policies/${POLICY.id}`)).body).toMatchObject({
      unjudgeable: "pass",
      modes: { input: "enforce", output: "enforce" },
      refusal: { default: expect.any(String) },
    });
  });

  it("count requests and settle tokens by what guard and generator computed", async () => {
    const keys = [{ id: "a", sha256: sha256("key"), requestsPerMinute: 3, tokensPerMinute: 1000 }];
    const { post, stream } = await openChatDoor({ http: { keys } });
    const key = { "x-api-key": "key" };
    const first = await post(CHAT, ask(), key);
    expect(first.headers.get("x-ratelimit-remaining-tokens")).toBe(String(1000 - 16 - 2));
    await stream(ask(), key);
    const third = await post(CHAT, ask(), key);
    expect(third.headers.get("x-ratelimit-remaining-tokens")).toBe(String(1000 - 3 * 18));
    expect((await post(CHAT, ask(), key)).status).toBe(429);
    expect((await post(CHAT, ask())).status).toBe(401);
  });

  it("give up at the deadline of chats", async () => {
    const { post, seen } = await openChatDoor({ steps: ["hang"], limits: { deadlineMs: 50 } });
    const { status, body } = await post(CHAT, ask());
    expect([status, body.error.code]).toEqual([504, "deadline_exceeded"]);
    expect(seen.aborted).toBe(true);
  });
});

describe("OpenAI's own moderation field", () => {
  const wish = (mode?: "score" | "block") => ({
    moderation: { model: "any", ...(mode && { policy: { input: { mode }, output: { mode } } }) },
  });

  it("brings results of both sides, with scores asked for", async () => {
    const { post, guard } = await openChatDoor();
    const { body } = await post(CHAT, ask(wish()));
    expect(new Set(guard.asked.map(({ scores }) => scores))).toEqual(new Set(["listed"]));
    expect(body.moderation.input).toMatchObject({
      type: "moderation_results",
      model: "scripted",
      results: [{ type: "moderation_result", model: "scripted", flagged: false }],
    });
    expect(body.moderation.output.results).toHaveLength(1);
    expect((await post(CHAT, ask())).body).not.toHaveProperty("moderation");
    expect((await post(CHAT, ask({ moderation: null }))).body).not.toHaveProperty("moderation");
  });

  it("never weakens a policy that blocks", async () => {
    const { post } = await openChatDoor({ guard: () => "block" });
    const { body } = await post(CHAT, ask(wish("score")));
    expect(body.choices[0].finish_reason).toBe("content_filter");
    expect(body.moderation).toMatchObject({
      input: { results: [{ flagged: true }] },
      output: { type: "error", code: "not_judged" },
    });
  });

  it("makes a policy that looks on block, where it says so", async () => {
    const policy = { modes: { input: "shadow", output: "shadow" } } as const;
    const { post } = await openChatDoor({ policy, guard: () => "block" });
    const reasonFor = async (mode: "score" | "block"): Promise<string> =>
      (await post(CHAT, ask(wish(mode)))).body.choices[0].finish_reason as string;
    expect([await reasonFor("score"), await reasonFor("block")]).toEqual(["stop", "content_filter"]);
  });

  it("tells of a side that could not be judged", async () => {
    const guard = ({ role }: { role: string }) => {
      if (role === "assistant") throw new TypeError("x");
      return "allow" as const;
    };
    const { post } = await openChatDoor({ guard, operator: { failOpen: { input: false, output: true } } });
    const { body } = await post(CHAT, ask(wish()));
    expect(body.moderation).toMatchObject({
      input: { type: "moderation_results" },
      output: { type: "error", code: "engine_unavailable" },
    });
  });

  it("comes on a chunk of its own in a stream, after the answer and before the usage", async () => {
    const { stream } = await openChatDoor();
    const { chunks } = await stream(ask({ ...wish(), stream_options: { include_usage: true } }));
    const kinds = chunks.map((chunk: object) =>
      Object.keys(chunk).filter((key) => /moderation|portcullis/.test(key)),
    );
    expect(kinds.slice(-3)).toEqual([["portcullis"], ["moderation"], []]);
    expect(chunks.at(-2)).toMatchObject({ choices: [], usage: null });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 16 } });
  });
});
