import { describe, expect, it, test } from "@jest/globals";
import type { Script } from "../../chat/scripted.js";
import { finished, text, USAGE } from "../../chat/scripted.js";
import { ask, CHAT, COMPLETIONS, MODEL, openChatDoor, type Setup } from "./chat-door.js";

const REFUSAL = "Sorry, I can't help with that.";
const BLOCKED_INPUT: Script = ({ role }) => (role === "user" ? "block" : "allow");
const BLOCKED_OUTPUT: Script = ({ role }) => (role === "assistant" ? "block" : "allow");
const STAGES = [
  ["input", BLOCKED_INPUT],
  ["output", BLOCKED_OUTPUT],
] as const;
const AS_ERROR = { "x-portcullis-on-block": "error" };

/** What a caller sees besides names of the request and the details of verdicts. */
const seen = ({ headers, body }: { headers: Headers; body: unknown }) => ({
  headers: [...headers].filter(([name]) => !/^(x-request-id|date|content-length|etag)$/.test(name)),
  body: JSON.stringify(body, (key, value: unknown) =>
    key === "portcullis" ? "details" : /^(id|created)$/.test(key) ? "varies" : value,
  ),
});

const NOTHING_USED = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

describe("a block", () => {
  test.each(STAGES)("of the %s is an answer with a refusal and nothing else", async (stage, guard) => {
    const { post } = await openChatDoor({ guard });
    const { status, body, headers } = await post(CHAT, ask());
    expect(status).toBe(200);
    expect(body.choices).toEqual([
      {
        index: 0,
        message: { role: "assistant", content: null, refusal: REFUSAL },
        logprobs: null,
        finish_reason: "content_filter",
      },
    ]);
    expect(body.usage).toEqual(NOTHING_USED);
    expect(headers.get("x-portcullis-verdict")).toBe("unsafe");
    const side = stage === "input" ? body.portcullis.input : body.portcullis.output[0];
    expect(side).toMatchObject({ verdict: "unsafe", action: "block" });
  });

  test.each(STAGES)("of the %s in a stream is a role, a refusal and a reason", async (_stage, guard) => {
    const { stream } = await openChatDoor({ guard });
    const { chunks, done, headers } = await stream(ask({ stream_options: { include_usage: true } }));
    expect(chunks.map(({ choices }: { choices: unknown }) => choices)).toEqual([
      [{ index: 0, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null }],
      [{ index: 0, delta: { refusal: REFUSAL }, logprobs: null, finish_reason: null }],
      [{ index: 0, delta: {}, logprobs: null, finish_reason: "content_filter" }],
      [],
    ]);
    expect(chunks.at(-1).usage).toEqual(NOTHING_USED);
    expect(done).toBe(true);
    expect(headers.get("x-portcullis-verdict")).toBe("unsafe");
  });

  test.each<[what: string, path: string, fields: object, headers: Record<string, string>]>([
    ["as an answer", CHAT, {}, {}],
    ["as an error", CHAT, {}, AS_ERROR],
    ["of a text that goes on", COMPLETIONS, {}, {}],
    ["of several choices", CHAT, { n: 2 }, {}],
  ])("looks the same %s whichever gate closed", async (_what, path, fields, headers) => {
    const answers = [];
    for (const [, guard] of STAGES) {
      const { post, stream } = await openChatDoor({
        guard,
        steps: [text(0, "Evil."), finished(0), text(1, "Evil."), finished(1), USAGE].slice(
          0,
          "n" in fields ? 5 : 2,
        ),
      });
      const body = path === CHAT ? ask(fields) : { model: MODEL, prompt: "x" };
      const whole = seen(await post(path, body, headers));
      const streamed = headers === AS_ERROR ? null : await stream(body, headers, path);
      const pieces = streamed && seen({ headers: streamed.headers, body: sorted(streamed.chunks) });
      answers.push({ whole, pieces });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(JSON.stringify(answers)).not.toContain("Evil");
  });

  it("of a text that goes on has an empty text and the refusal beside it", async () => {
    const { post } = await openChatDoor({ guard: BLOCKED_OUTPUT });
    const { body } = await post(COMPLETIONS, { model: MODEL, prompt: "x" });
    expect(body.choices).toEqual([
      { index: 0, text: "", logprobs: null, finish_reason: "content_filter", refusal: REFUSAL },
    ]);
  });

  it("of one choice leaves the others alone", async () => {
    const guard: Script = ({ text: said }) => (said.includes("Evil") ? "block" : "allow");
    const steps = [text(0, "Evil."), finished(0), text(1, "Good."), finished(1), USAGE];
    const { post, stream } = await openChatDoor({ guard, steps });
    const { body } = await post(CHAT, ask({ n: 2 }), AS_ERROR);
    expect(body.choices).toMatchObject([
      { message: { content: null, refusal: REFUSAL }, finish_reason: "content_filter" },
      { message: { content: "Good.", refusal: null }, finish_reason: "stop" },
    ]);
    expect(body.usage.total_tokens).toBe(16);
    const streamed = await stream(ask({ n: 2 }), AS_ERROR);
    expect(streamed.status).toBe(200);
    expect(streamed.chunks.filter((chunk: object) => JSON.stringify(chunk).includes(REFUSAL))).toHaveLength(
      1,
    );
    expect(streamed.body).toContain("Good.");
    expect(streamed.body).not.toContain("Evil");
  });

  it("in the middle leaves a stream what already left, and a whole answer nothing", async () => {
    const setup: Setup = {
      guard: ({ text: said }) => (said.includes("Evil") ? "block" : "allow"),
      steps: [text(0, "Good. "), () => sleep(100), text(0, "Evil."), finished(0), USAGE],
    };
    const { post, stream } = await openChatDoor(setup);
    const streamed = await stream(ask(), AS_ERROR);
    expect(streamed.content).toBe("Good. ");
    expect(streamed.chunks.at(-1).choices[0].finish_reason).toBe("content_filter");
    expect(streamed.done).toBe(true);
    const { body } = await post(CHAT, ask());
    expect(body.choices[0].message).toEqual({ role: "assistant", content: null, refusal: REFUSAL });
    const error = await post(CHAT, ask(), AS_ERROR);
    expect([error.status, error.body.error.code]).toEqual([400, "content_policy_violation"]);
  });
});

describe("who wants an error", () => {
  test.each(STAGES)("gets one for a blocked %s, in a stream too", async (_stage, guard) => {
    const { post } = await openChatDoor({ guard });
    for (const stream of [false, true]) {
      const { status, body, headers } = await post(CHAT, ask({ stream }), AS_ERROR);
      expect(status).toBe(400);
      expect(body.error).toEqual({
        message: REFUSAL,
        type: "invalid_request_error",
        param: null,
        code: "content_policy_violation",
      });
      expect(headers.get("x-portcullis-verdict")).toBe("unsafe");
    }
  });

  it("gets it as the last event of a stream that a silence began", async () => {
    const guard: Script = () => sleep(120).then(() => "block");
    const { stream } = await openChatDoor({ guard, limits: { keepAliveMs: 40 } });
    const { status, body, chunks, done } = await stream(ask(), AS_ERROR);
    expect([status, done]).toEqual([200, false]);
    expect(body).toMatch(/^: ping\n\n/);
    expect(chunks).toMatchObject([{ error: { code: "content_policy_violation" } }]);
  });

  it("has to spell it", async () => {
    const { post } = await openChatDoor();
    const { status, body } = await post(CHAT, ask(), { "x-portcullis-on-block": "err" });
    expect(status).toBe(400);
    expect(body.error.message).toContain("x-portcullis-on-block");
    expect((await post(CHAT, ask(), { "x-portcullis-on-block": "refusal" })).status).toBe(200);
  });
});

describe("the refusal", () => {
  const refusal = { default: "No.", locales: { de: "Nein.", "pt-BR": "Não.", en: "No!" } };

  test.each([
    [undefined, "No."],
    ["*", "No."],
    ["fr", "No."],
    ["de", "Nein."],
    ["de-AT", "Nein."],
    ["DE-at;q=0.5, fr", "Nein."],
    ["pt", "Não."],
    ["fr, en;q=0.8, de;q=0.3", "No!"],
    ["en;q=0, *;q=0.1", "No."],
    ["de;q=0", "No."],
    ["__proto__, constructor", "No."],
    [";;;,,,q=", "No."],
  ])("for a caller of languages %s is %s", async (language, said) => {
    const { post } = await openChatDoor({ guard: BLOCKED_INPUT, policy: { refusal } });
    // fetch adds "*" where there is none, which means the same
    const headers: Record<string, string> = language === undefined ? {} : { "accept-language": language };
    expect((await post(CHAT, ask(), headers)).body.choices[0].message.refusal).toBe(said);
  });
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Choices are finished in an order of their own. */
const sorted = (chunks: readonly object[]): string[] =>
  chunks
    .map((chunk) =>
      JSON.stringify(chunk, (key, value: unknown) =>
        /^(portcullis|id|created)$/.test(key) ? undefined : value,
      ),
    )
    .sort();
