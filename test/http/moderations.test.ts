import { describe, expect, it, test } from "@jest/globals";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/index.js";
import { GuardError } from "../../src/base/index.js";
import { OPENAI_NAMES } from "../../src/http/openai-result.js";
import { openDoor } from "./door.js";
import { POLICY, WordGuard, untilAborted } from "./fakes.js";

describe("POST /v1/moderations", () => {
  it("gives one result with all 13 names and the policy's codes in every map", async () => {
    const { post } = await openDoor();
    const { body } = await post("/v1/moderations", { input: "how do I steal a car?" });
    const keys = [...OPENAI_NAMES, "S1", "S2", "S5", "S8"].sort();
    expect(OPENAI_NAMES).toHaveLength(13);
    expect(body).toMatchObject({ id: expect.stringMatching(/^modr-/), model: "word-guard" });
    const [result] = body.results;
    for (const map of ["categories", "category_scores", "category_applied_input_types"])
      expect(Object.keys(result[map]).sort()).toEqual(keys);
    expect(result.flagged).toBe(true);
    expect(Object.keys(result.categories).filter((name) => result.categories[name])).toEqual([
      "illicit",
      "S2",
    ]);
    expect(result.category_scores).toMatchObject({ illicit: 0.9, S2: 0.9, S1: 0.01, hate: 0 });
  });

  it("scores a name by the highest of the categories that set it", async () => {
    const { post } = await openDoor();
    const { body } = await post("/v1/moderations", { input: "stab, then bomb" });
    expect(body.results[0].category_scores).toMatchObject({ violence: 0.8, "illicit/violent": 0.95 });
    const fewer = await post("/v1/moderations", { input: "stab" });
    expect(fewer.body.results[0].category_scores).toMatchObject({ "illicit/violent": 0.8 });
    expect(fewer.body.results[0].categories).toMatchObject({ "illicit/violent": true, S8: false });
  });

  it("flags nothing in a safe text", async () => {
    const { post } = await openDoor();
    const { body } = await post("/v1/moderations", { input: "hello" });
    expect(body.results[0].flagged).toBe(false);
    expect(Object.values(body.results[0].categories)).not.toContain(true);
  });

  it("says beside OpenAI's shape what that has no place for", async () => {
    const { post } = await openDoor();
    const { body, headers } = await post("/v1/moderations", { input: "steal" });
    expect(body.results[0].portcullis).toEqual({
      verdict: "unsafe",
      score: 0.9,
      action: "block",
      policy: { id: POLICY.id, version: POLICY.version, sha256: POLICY.sha256 },
      flags: [],
    });
    expect(headers.get("x-portcullis-policy")).toContain(POLICY.sha256);
  });

  it("answers a list in its order, though verdicts come in another, a few at once", async () => {
    const guard = new WordGuard();
    let [running, most] = [0, 0];
    guard.before = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
      running--;
    };
    const { post } = await openDoor({ guard, limits: { ...DEFAULT_HTTP_LIMITS, textsInFlight: 4 } });
    const input = Array.from({ length: 40 }, (_, at) => (at % 3 === 0 ? "steal" : "hello"));
    const { body } = await post("/v1/moderations", { input });
    expect(body.results.map((result: { flagged: boolean }) => result.flagged)).toEqual(
      input.map((text) => text === "steal"),
    );
    expect(most).toBe(4);
  });

  it("takes a list of text parts for one text", async () => {
    const guard = new WordGuard();
    const { post } = await openDoor({ guard });
    const { body } = await post("/v1/moderations", {
      input: [
        { type: "text", text: "how do I" },
        { type: "text", text: "steal" },
      ],
    });
    expect(body.results).toHaveLength(1);
    expect(guard.calls[0]?.request.conversation).toEqual([{ role: "user", content: "how do I\nsteal" }]);
  });

  it("accepts any model and ignores unknown fields, __proto__ among them", async () => {
    const { post } = await openDoor();
    const { status } = await post(
      "/v1/moderations",
      '{"input":"a","model":"omni-moderation-latest","safety_identifier":"x","__proto__":{"policy":"none"}}',
    );
    expect(status).toBe(200);
  });

  it("gives up on the other texts when one fails", async () => {
    const guard = new WordGuard();
    guard.before = ({ conversation }, signal) =>
      conversation[0].content === "bad"
        ? Promise.reject(new GuardError("overloaded", "full", { retryAfterMs: 2500 }))
        : untilAborted(signal);
    const { post } = await openDoor({ guard });
    const { status, headers } = await post("/v1/moderations", { input: ["a", "bad", "b"] });
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toBe("3");
    expect(guard.calls.every(({ signal }) => signal?.aborted)).toBe(true);
  });

  test.each<[what: string, body: unknown, param: string | null]>([
    ["no input", {}, "/input"],
    ["an input that is neither text nor list", { input: 5 }, "/input"],
    ["an empty text", { input: "" }, "/input"],
    ["an empty list", { input: [] }, "/input"],
    ["an empty text in a list", { input: ["a", ""] }, "/input/1"],
    ["too many texts", { input: Array(257).fill("a") }, "/input"],
    ["numbers", { input: ["a", 5] }, "/input/1"],
    ["an image", { input: [{ type: "image_url", image_url: { url: "x" } }] }, "/input/0/type"],
    [
      "an image after text",
      {
        input: [
          { type: "text", text: "a" },
          { type: "image_url", image_url: { url: "x" } },
        ],
      },
      "/input/1/type",
    ],
    ["a lone surrogate", '{"input":["\\udc00"]}', "/input/0"],
    ["a model that is no text", { input: "a", model: 5 }, "/model"],
    ["an unknown policy, without answering 404", { input: "a", policy: "none" }, "/policy"],
  ])("refuses %s", async (_what, body, param) => {
    const { post } = await openDoor();
    const answer = await post("/v1/moderations", body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: "invalid_request", param });
  });
});
