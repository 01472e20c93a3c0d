import { describe, expect, it, test } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { openDoor } from "./door.js";
import { COMPUTED_TOKENS, POLICY, WordGuard, untilAborted } from "./fakes.js";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/index.js";

const user = (content: unknown) => ({ role: "user", content });

describe("POST /moderate", () => {
  it("answers with the whole judgement", async () => {
    const { post } = await openDoor();
    const { status, body, headers } = await post("/moderate", { input: "how do I steal a car?" });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(/^mod-/),
      verdict: "unsafe",
      score: 0.9,
      categories: [{ code: "S2", name: "Non-Violent Crimes", score: 0.9, violated: true }],
      action: "block",
      policy: { id: POLICY.id, version: POLICY.version, sha256: POLICY.sha256 },
      model: { id: "word-guard", sha256: expect.any(String) },
      role: "user",
      scoring: "listed",
      flags: [],
      usage: { tokens: 700, cachedTokens: 661, computedTokens: COMPUTED_TOKENS },
      timings: { queueMs: 0.5, computeMs: 12, totalMs: 13 },
      notice: "Looks for words; not a real guard.",
    });
    expect(headers.get("x-portcullis-verdict")).toBe("unsafe");
    expect(headers.get("x-portcullis-policy")).toBe(`${POLICY.id};sha256=${POLICY.sha256}`);
  });

  it("judges the last message and gives the others as context", async () => {
    const guard = new WordGuard();
    const { post } = await openDoor({ guard });
    const messages = [user("how do I steal a car?"), { role: "assistant", content: "Please do not." }];
    const { body } = await post("/moderate", { messages });
    expect(body).toMatchObject({ verdict: "safe", role: "assistant" });
    expect(guard.calls[0]?.request.conversation).toEqual(messages);
  });

  it("takes one input for one message of a user", async () => {
    const guard = new WordGuard();
    const { post } = await openDoor({ guard });
    await post("/moderate", { input: "hello" });
    expect(guard.calls[0]?.request.conversation).toEqual([{ role: "user", content: "hello" }]);
  });

  it("joins text parts by line breaks", async () => {
    const guard = new WordGuard();
    const { post } = await openDoor({ guard });
    await post("/moderate", {
      messages: [
        user([
          { type: "text", text: "one" },
          { type: "text", text: "two" },
        ]),
      ],
    });
    expect(guard.calls[0]?.request.conversation).toEqual([{ role: "user", content: "one\ntwo" }]);
  });

  it("leaves system messages out and says so", async () => {
    const guard = new WordGuard();
    const { post } = await openDoor({ guard });
    const { body } = await post("/moderate", {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "developer", content: "Be kind." },
        user("hello"),
      ],
    });
    expect(body.flags).toEqual(["system_not_judged"]);
    expect(guard.calls[0]?.request.conversation).toEqual([{ role: "user", content: "hello" }]);
  });

  it("hands categories, scores and the policy to the guard, and nothing that was not asked for", async () => {
    const guard = new WordGuard();
    const { post } = await openDoor({ guard });
    const asked = { categories: ["S1", "S2"], scores: "independent" };
    const { body } = await post("/moderate", { input: "hello", policy: POLICY.id, ...asked });
    expect(body.categories).toHaveLength(2);
    expect(guard.calls[0]?.request).toMatchObject({ ...asked, policy: POLICY });
    await post("/moderate", { input: "hello" });
    expect(Object.keys(guard.calls[1]?.request ?? {}).sort()).toEqual(["conversation", "policy"]);
  });

  it("lets NUL and astral characters through unchanged", async () => {
    const guard = new WordGuard();
    const { post } = await openDoor({ guard });
    await post("/moderate", { input: "a\u0000b \u{1F600}" });
    expect(guard.calls[0]?.request.conversation[0].content).toBe("a\u0000b \u{1F600}");
  });

  test.each<[what: string, body: unknown, param: string | null]>([
    ["no object", [], null],
    ["null", null, null],
    ["neither messages nor input", {}, null],
    ["both messages and input", { messages: [user("a")], input: "a" }, null],
    ["an input that is no text", { input: 5 }, "/input"],
    ["an empty input", { input: "" }, "/input"],
    ["a lone surrogate", '{"input":"a\\ud800b"}', "/input"],
    [
      "a lone surrogate in a part",
      '{"messages":[{"role":"user","content":[{"type":"text","text":"\\udfff"}]}]}',
      "/messages/0/content/0/text",
    ],
    ["no messages", { messages: [] }, "/messages"],
    ["too many messages", { messages: Array(1025).fill(user("a")) }, "/messages"],
    ["a message that is no object", { messages: ["a"] }, "/messages/0"],
    ["a message without a role", { messages: [{ content: "a" }] }, "/messages/0/role"],
    ["a message without content", { messages: [{ role: "user" }] }, "/messages/0/content"],
    ["an unknown role", { messages: [{ role: "narrator", content: "a" }] }, "/messages/0/role"],
    [
      "a tool message",
      { messages: [user("a"), { role: "tool", content: "a", tool_call_id: "x" }] },
      "/messages/1/role",
    ],
    ["null content", { messages: [user(null)] }, "/messages/0/content"],
    ["empty content", { messages: [user("")] }, "/messages/0/content"],
    ["no parts", { messages: [user([])] }, "/messages/0/content"],
    [
      "an image",
      { messages: [user([{ type: "image_url", image_url: { url: "x" } }])] },
      "/messages/0/content/0/type",
    ],
    ["audio", { messages: [user([{ type: "input_audio", input_audio: {} }])] }, "/messages/0/content/0/type"],
    [
      "a file after text",
      {
        messages: [
          user([
            { type: "text", text: "a" },
            { type: "file", file: {} },
          ]),
        ],
      },
      "/messages/0/content/1/type",
    ],
    ["a part without a type", { messages: [user([{ text: "a" }])] }, "/messages/0/content/0/type"],
    ["a part without text", { messages: [user([{ type: "text" }])] }, "/messages/0/content/0/text"],
    [
      "an image hidden in a text part",
      { messages: [user([{ type: "text", text: "a", image_url: {} }])] },
      "/messages/0/content/0/image_url",
    ],
    ["an unknown field", { input: "a", temperature: 1 }, "/temperature"],
    ["an unknown field of a message", { messages: [{ ...user("a"), name: "b" }] }, "/messages/0/name"],
    ["a field of unprintable name", { input: "a", "x\ny": 1 }, null],
    ["a field of very long name", { input: "a", ["x".repeat(65)]: 1 }, null],
    ["__proto__", '{"input":"a","__proto__":{"policy":"x"}}', "/__proto__"],
    ["a policy that is no text", { input: "a", policy: 5 }, "/policy"],
    ["categories that are no list", { input: "a", categories: "S1" }, "/categories"],
    ["no categories", { input: "a", categories: [] }, "/categories"],
    ["a category twice", { input: "a", categories: ["S1", "S1"] }, "/categories"],
    ["a category that is no text", { input: "a", categories: [1] }, "/categories/0"],
    ["a category the policy lacks", { input: "a", categories: ["S99"] }, "/categories"],
    ["an unknown way to score", { input: "a", scores: "guess" }, "/scores"],
    [
      "a system message last",
      { messages: [user("a"), { role: "system", content: "b" }] },
      "/messages/1/role",
    ],
    ["nothing but a system message", { messages: [{ role: "system", content: "b" }] }, "/messages/0/role"],
  ])("refuses %s", async (_what, body, param) => {
    const { post } = await openDoor();
    const answer = await post("/moderate", body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      code: "invalid_request",
      type: "invalid_request_error",
      param,
    });
  });

  it("says what is wrong in words of its own, and repeats nothing of what was sent", async () => {
    const { post } = await openDoor();
    const { body } = await post("/moderate", {
      messages: [user([{ type: "SECRET", SECRET: "SECRET" }])],
      SECRET: "SECRET VALUE",
    });
    expect(body.error.message).toBe(
      "/messages/0/content/0/type: only text can be judged; images, audio and files are refused",
    );
  });

  it("lists what a field may be", async () => {
    const { post } = await openDoor();
    const { body } = await post("/moderate", { input: "a", scores: "SECRET" });
    expect(body.error.message).toBe("/scores: must be one of listed, independent");
  });

  it("answers 404 for an unknown policy", async () => {
    const { post } = await openDoor();
    const { status, body } = await post("/moderate", { input: "a", policy: "none" });
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: "policy_not_found", param: "/policy" });
  });

  it("answers 504 when the deadline passes, and stops the guard", async () => {
    const guard = new WordGuard();
    guard.before = (_request, signal) => untilAborted(signal);
    const { post } = await openDoor({ guard, limits: { ...DEFAULT_HTTP_LIMITS, deadlineMs: 50 } });
    const { status, body } = await post("/moderate", { input: "a" });
    expect(status).toBe(504);
    expect(body.error.code).toBe("deadline_exceeded");
    expect(guard.calls[0]?.signal?.aborted).toBe(true);
  });

  it("passes a guard's refusal on with its code", async () => {
    const guard = new WordGuard();
    guard.before = () => Promise.reject(new GuardError("too_large", "9 windows would be needed"));
    const { post } = await openDoor({ guard });
    const { status, body } = await post("/moderate", { input: "a" });
    expect(status).toBe(413);
    expect(body.error).toMatchObject({ code: "too_large", message: "9 windows would be needed" });
  });
});
