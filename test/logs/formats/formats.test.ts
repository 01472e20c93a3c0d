import { beforeEach, describe, expect, it, test } from "@jest/globals";
import type { LogFormat } from "../../../src/logs/index.js";
import { tempFolder } from "../../fixtures/temp-folder.js";
import { conversationsIn, faultsIn, readAll, recordsOf, said, writeLog } from "../read-all.js";

let dir: string;
beforeEach(() => {
  dir = tempFolder();
});

const chat = (...turns: readonly [string, unknown][]): unknown[] =>
  turns.map(([role, content]) => ({ role, content }));

/** Name, format, records, and what each conversation says. */
type Case = [name: string, format: LogFormat, records: unknown[], conversations: string[][]];

const CASES: readonly Case[] = [
  [
    "messages for fine-tuning, with parts and pictures",
    "openai",
    [
      {
        messages: [
          { role: "developer", content: "Be brief." },
          {
            role: "user",
            content: [
              { type: "text", text: "What is this?" },
              { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
              { type: "text", text: "And where?" },
            ],
          },
          { role: "assistant", content: "A lighthouse.", weight: 1, refusal: null },
        ],
        tools: [],
      },
    ],
    [["s:Be brief.", "u:What is this?\nAnd where?+", "a:A lighthouse."]],
  ],
  [
    "calls of tools, old and new, and refusals",
    "openai",
    [
      {
        messages: [
          { role: "user", content: "Rain?" },
          {
            role: "assistant",
            content: null,
            tool_calls: [
              { id: "1", type: "function", function: { name: "weather", arguments: '{"city":"Bergen"}' } },
            ],
          },
          { role: "tool", tool_call_id: "1", content: "yes" },
          { role: "assistant", content: null, function_call: { name: "umbrella", arguments: "{}" } },
          { role: "function", name: "umbrella", content: "open" },
          { role: "assistant", content: null, refusal: "I cannot say more." },
          { role: "assistant", content: null, audio: { id: "a", transcript: "It rains." } },
        ],
      },
    ],
    [
      [
        "u:Rain?",
        'a:weather({"city":"Bergen"})',
        "t:yes",
        "a:umbrella({})",
        "t:open",
        "a:I cannot say more.",
        "a:It rains.+",
      ],
    ],
  ],
  [
    "preferences: either answer is judged",
    "openai",
    [
      {
        input: { messages: chat(["user", "Tell me a secret."]) },
        preferred_output: chat(["assistant", "No."]),
        non_preferred_output: chat(["assistant", "Fine."]),
      },
    ],
    [
      ["u:Tell me a secret.", "a:No."],
      ["u:Tell me a secret.", "a:Fine."],
    ],
  ],
  [
    "a request with its response, as proxies log it",
    "openai",
    [
      {
        request: { model: "m", messages: chat(["user", "Ping"]) },
        response: {
          object: "chat.completion",
          choices: [{ message: { role: "assistant", content: "Pong" } }],
        },
      },
    ],
    [["u:Ping", "a:Pong"]],
  ],
  [
    "ShareGPT",
    "sharegpt",
    [
      {
        id: "g1",
        system: "You help.",
        conversations: [
          { from: "human", value: "Hello" },
          { from: "gpt", value: "Hi" },
          { from: "function_call", value: "f()" },
          { from: "observation", value: "3" },
        ],
      },
      { conversation: [{ from: "user", value: "Only one" }] },
    ],
    [["s:You help.", "u:Hello", "a:Hi", "t:f()", "t:3"], ["u:Only one"]],
  ],
  [
    "Anthropic's requests and responses",
    "anthropic",
    [
      {
        system: [{ type: "text", text: "Stay calm.", cache_control: { type: "ephemeral" } }],
        messages: [
          { role: "user", content: "Count the files." },
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "A tool will do.", signature: "x" },
              { type: "tool_use", id: "t", name: "count", input: { in: "/" } },
            ],
          },
          {
            role: "user",
            content: [
              { type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: "12" }] },
              { type: "document", source: { type: "text", data: "A note." } },
              { type: "image", source: { type: "base64", data: "AA" } },
            ],
          },
        ],
      },
      {
        id: "msg_1",
        type: "message",
        role: "assistant",
        content: [{ type: "text", text: "Twelve." }],
        stop_reason: "end_turn",
      },
    ],
    [
      ["s:Stay calm.", "u:Count the files.", 'a:A tool will do.\ncount({"in":"/"})', "t:12", "u:A note.+"],
      ["a:Twelve."],
    ],
  ],
  [
    "LMSYS-Chat-1M",
    "lmsys",
    [
      {
        conversation_id: "l1",
        model: "vicuna",
        conversation: chat(["user", "Bonjour"], ["assistant", "Salut"]),
        turn: 1,
        language: "French",
        openai_moderation: [{ flagged: false }, { flagged: false }],
        redacted: false,
      },
    ],
    [["u:Bonjour", "a:Salut"]],
  ],
  [
    "WildChat",
    "wildchat",
    [
      {
        conversation_hash: "w1",
        timestamp: "2023-04-09T00:02:53Z",
        conversation: [
          {
            role: "user",
            content: "Hei",
            country: "Norway",
            hashed_ip: "abc",
            turn_identifier: 1,
            timestamp: null,
          },
          { role: "assistant", content: "Hallo", turn_identifier: 1, timestamp: "2023-04-09T00:02:59Z" },
        ],
      },
    ],
    [["u:Hei", "a:Hallo"]],
  ],
  [
    "Alpaca",
    "alpaca",
    [
      { instruction: "Translate.", input: "Katze", output: "cat" },
      { instruction: "Name a colour.", input: "", output: "Blue" },
    ],
    [
      ["u:Translate.\n\nKatze", "a:cat"],
      ["u:Name a colour.", "a:Blue"],
    ],
  ],
  [
    "prompts with answers, as text, as messages, and as alternatives",
    "pairs",
    [
      { prompt: "1+1?", response: '{"sum":2}' },
      { prompt: chat(["user", "2+2?"]), completion: chat(["assistant", "4"]) },
      { prompt: "3+3?", chosen: "6", rejected: "7" },
    ],
    [
      ["u:1+1?", 'a:{"sum":2}'],
      ["u:2+2?", "a:4"],
      ["u:3+3?", "a:6"],
      ["u:3+3?", "a:7"],
    ],
  ],
  [
    "items of the Responses API",
    "responses",
    [
      {
        id: "resp_1",
        instructions: "Be kind.",
        input: [
          {
            type: "message",
            role: "user",
            content: [{ type: "input_text", text: "Hi" }, { type: "input_image" }],
          },
          { type: "function_call", call_id: "c", name: "look", arguments: "{}" },
          { type: "function_call_output", call_id: "c", output: "seen" },
        ],
        output: [
          { type: "reasoning", summary: [{ type: "summary_text", text: "Greet." }] },
          {
            type: "message",
            role: "assistant",
            content: [
              { type: "output_text", text: "Hello" },
              { type: "refusal", refusal: "No more." },
            ],
          },
          { type: "web_search_call", status: "completed" },
        ],
      },
      { input: "plain", output: [{ type: "message", role: "assistant", content: "text" }] },
    ],
    [
      ["s:Be kind.", "u:Hi+", "a:look({})", "t:seen", "a:Greet.", "a:Hello\nNo more.", "a:+"],
      ["u:plain", "a:text"],
    ],
  ],
  [
    "LiteLLM's spend logs: a session in the order of its calls, what is repeated said once",
    "litellm",
    [
      {
        request_id: "q2",
        call_type: "acompletion",
        startTime: "2025-01-01T10:01:00Z",
        session_id: "s",
        messages: chat(["system", "Help."], ["user", "A"], ["assistant", "B"], ["user", "C"]),
        response: { choices: [{ message: { role: "assistant", content: "D" } }] },
      },
      {
        request_id: "q1",
        call_type: "acompletion",
        startTime: "2025-01-01 10:00:00",
        session_id: "s",
        messages: {},
        proxy_server_request: JSON.stringify({ messages: chat(["system", "Help."], ["user", "A"]) }),
        response: '{"choices":[{"message":{"role":"assistant","content":"B"}}]}',
      },
    ],
    [["s:Help.", "u:A", "a:B", "u:C", "a:D"]],
  ],
  [
    "Langfuse: generations of a trace, input and output as text of JSON or as text",
    "langfuse",
    [
      {
        id: "o2",
        trace_id: "t",
        type: "GENERATION",
        start_time: "2025-02-03 04:05:07.000001",
        input: JSON.stringify(chat(["user", "A"], ["assistant", '{"not":"a message"}'], ["user", "B"])),
        output: JSON.stringify({ role: "assistant", content: "Done" }),
      },
      {
        id: "o1",
        trace_id: "t",
        type: "GENERATION",
        start_time: "2025-02-03 04:05:06.000001",
        input: JSON.stringify({ messages: chat(["user", "A"]) }),
        output: '{"not":"a message"}',
      },
    ],
    [["u:A", 'a:{"not":"a message"}', "u:B", "a:Done"]],
  ],
  [
    "rows of one's own names",
    "columns",
    [{ Question: "Why?", answer: "Because." }, { text: "Alone" }],
    [["u:Why?", "a:Because."], ["u:Alone"]],
  ],
  [
    "a message a row",
    "columns",
    [
      { conversation_id: "x", role: "assistant", content: "second", turn: 10 },
      { conversation_id: "y", role: "user", content: "other", turn: 1 },
      { conversation_id: "x", role: "human", content: "first", turn: 9 },
    ],
    [["u:first", "a:second"], ["u:other"]],
  ],
];

describe("formats", () => {
  test.each(CASES)("reads %s", async (_, format, records, conversations) => {
    writeLog(dir, "log.jsonl", records);
    for (const option of [format, "auto"] as const) {
      const entries = await readAll(dir, ["log.jsonl"], { format: option });
      expect(faultsIn(entries)).toEqual([]);
      expect(conversationsIn(entries).map(said)).toEqual(conversations);
      expect(new Set(conversationsIn(entries).map((one) => one.format))).toEqual(new Set([format]));
      expect(recordsOf(entries)).toBe(records.length);
    }
  });

  it("joins the lines of OpenAI batches over files in any order, and keeps errors with their requests", async () => {
    const ask = (id: string, url: string, body: unknown): unknown => ({
      custom_id: id,
      method: "POST",
      url,
      body,
    });
    const answer = (id: string, body: unknown, error: unknown = null): unknown => ({
      ...{ id: `r-${id}`, custom_id: id, error },
      response: error === null ? { status_code: 200, request_id: "q", body } : null,
    });
    writeLog(dir, "a-output.jsonl", [
      answer("two", { choices: [{ text: "2." }], object: "text_completion" }),
      answer("one", { choices: [{ message: chat(["assistant", "1."])[0] }] }),
      answer("stray", { output: [{ type: "message", role: "assistant", content: "alone" }] }),
      answer("mod", { results: [{ flagged: true }] }),
    ]);
    writeLog(dir, "b-errors.jsonl", [answer("bad", null, { code: "x", message: "y" })]);
    writeLog(dir, "c-input.jsonl", [
      ask("one", "/v1/chat/completions", { messages: chat(["user", "one?"]) }),
      ask("two", "/v1/completions", { prompt: "two?" }),
      ask("bad", "/v1/responses", { instructions: "Hm.", input: "bad?" }),
      ask("mod", "/v1/moderations", { input: ["first text", "second text"] }),
      ask("emb", "/v1/embeddings", { input: [1, 2, 3] }),
    ]);
    const entries = await readAll(dir, ["."], {});
    expect(conversationsIn(entries).map((one) => [one.key, ...said(one)])).toEqual([
      ["two", "u:two?", "a:2."],
      ["one", "u:one?", "a:1."],
      ["stray", "a:alone"],
      ["mod", "u:first text"],
      ["mod#2", "u:second text"],
      ["bad", "s:Hm.", "u:bad?"],
    ]);
    expect(faultsIn(entries)).toEqual([
      expect.objectContaining({ code: "not_a_conversation", row: 5, records: 1 }),
    ]);
    expect(recordsOf(entries)).toBe(10);
  });

  it("joins the lines of Anthropic's batches", async () => {
    writeLog(dir, "in.jsonl", [
      { custom_id: "1", params: { model: "m", system: "S", messages: chat(["user", "U"]) } },
      { custom_id: "2", params: { model: "m", messages: chat(["user", "V"]) } },
    ]);
    writeLog(dir, "out.jsonl", [
      { custom_id: "2", result: { type: "errored", error: { type: "error" } } },
      {
        custom_id: "1",
        result: { type: "succeeded", message: { role: "assistant", content: [{ type: "text", text: "A" }] } },
      },
    ]);
    const entries = await readAll(dir, ["in.jsonl", "out.jsonl"]);
    expect(conversationsIn(entries).map(said)).toEqual([["s:S", "u:U", "a:A"], ["u:V"]]);
    expect(conversationsIn(entries).map(({ format, records }) => [format, records])).toEqual([
      ["anthropic_batch", 2],
      ["anthropic_batch", 2],
    ]);
  });

  it("reads all that batches with the same custom_ids hold, and says that answers lost their questions", async () => {
    const line = (content: string): unknown => ({
      ...{ custom_id: "1", method: "POST", url: "/v1/chat/completions" },
      body: { messages: chat(["user", content]) },
    });
    writeLog(dir, "in.jsonl", [line("A"), line("B")]);
    writeLog(dir, "out.jsonl", [
      {
        id: "r",
        custom_id: "1",
        response: { status_code: 200, body: { choices: [{ message: chat(["assistant", "C"])[0] }] } },
      },
    ]);
    const entries = await readAll(dir, ["."]);
    expect(conversationsIn(entries).map(said)).toEqual([["u:A"], ["u:B"], ["a:C"]]);
    expect(faultsIn(entries)).toEqual([expect.objectContaining({ code: "duplicate_key", records: 0 })]);
    expect(recordsOf(entries)).toBe(3);
  });

  it("says of what holds no conversation that it holds none", async () => {
    writeLog(dir, "log.jsonl", [
      { trace_id: "t", type: "SPAN", input: "x", output: "y" },
      { trace_id: "t", type: "GENERATION", input: "", output: null },
      {
        request_id: "r",
        startTime: "2025-01-01T00:00:00Z",
        call_type: "aembedding",
        messages: {},
        response: {},
      },
      { messages: [] },
      { messages: chat(["user", ""]) },
      { messages: chat(["narrator", "Once"]) },
      { messages: [{ role: 7, content: "x" }] },
      { messages: [{ role: "user", content: 7 }] },
      { messages: ["x"] },
      { messages: chat(["user", "x"]), response: { strange: "text" } },
      { prompt: "x", response: 5 },
      { unrelated: true },
      7,
      null,
      "text",
      [],
    ]);
    expect(faultsIn(await readAll(dir, ["log.jsonl"])).map(({ row, code }) => [row, code])).toEqual([
      [1, "not_a_conversation"],
      [2, "empty_conversation"],
      [3, "empty_conversation"],
      [4, "empty_conversation"],
      [5, "empty_conversation"],
      [6, "unknown_role"],
      [7, "unknown_role"],
      [8, "bad_content"],
      [9, "bad_content"],
      [10, "bad_content"],
      [11, "bad_content"],
      ...[12, 13, 14, 15, 16].map((row) => [row, "unknown_shape"]),
    ]);
  });

  it("is not fooled by the names that every object has", async () => {
    writeLog(
      dir,
      "log.jsonl",
      '{"__proto__":{"messages":[{"role":"user","content":"x"}]}}\n{"constructor":{"prompt":"x"},"toString":"y"}\n',
    );
    writeLog(dir, "log.csv", "__proto__,constructor,prompt,response\na,b,c,d\n");
    const entries = await readAll(dir, ["log.jsonl", "log.csv"]);
    expect(faultsIn(entries).map(({ code }) => code)).toEqual(["unknown_shape", "unknown_shape"]);
    expect(conversationsIn(entries).map(said)).toEqual([["u:c", "a:d"]]);
    expect(({} as Record<string, unknown>)["messages"]).toBeUndefined();
  });

  it("reads columns by a map: sides, messages within a record, and rows of one conversation", async () => {
    writeLog(dir, "sides.csv", "frage;antwort;cid;wann\nWarum?;Darum.;7;2024-05-06 07:08:09\n;Nur das.;8;\n");
    writeLog(dir, "inner.jsonl", [{ payload: { chat: chat(["user", "In"]) } }, { payload: {} }]);
    writeLog(dir, "rows.jsonl", [
      { who: "assistant", what: "b", thread: 1, nr: "2" },
      { who: "user", what: "a", thread: 1, nr: "1" },
    ]);
    const sides = await readAll(dir, ["sides.csv"], {
      map: { user: "frage", assistant: "antwort", id: "cid", time: "wann" },
    });
    expect(conversationsIn(sides).map((one) => [one.key, one.day, ...said(one)])).toEqual([
      ["7", "2024-05-06", "u:Warum?", "a:Darum."],
      ["8", null, "a:Nur das."],
    ]);
    const inner = await readAll(dir, ["inner.jsonl"], { map: { messages: "payload.chat" } });
    expect(conversationsIn(inner).map((one) => [one.format, ...said(one)])).toEqual([["mapped", "u:In"]]);
    expect(faultsIn(inner).map(({ code }) => code)).toEqual(["unknown_shape"]);
    const rows = await readAll(dir, ["rows.jsonl"], {
      map: { role: "who", content: "what", id: "thread", order: "nr" },
    });
    expect(conversationsIn(rows).map(said)).toEqual([["u:a", "a:b"]]);
  });

  it("knows times and days in the ways that logs write them", async () => {
    writeLog(dir, "log.jsonl", [
      { prompt: "a", response: "b", timestamp: 1714550400 },
      { prompt: "a", response: "b", created: 1714550400123 },
      { prompt: "a", response: "b", created_at: "2024-05-01T23:30:00-02:00" },
      { prompt: "a", response: "b", created_at: "2024-05-01 10:00:00.123456+00" },
      { prompt: "a", response: "b", date: "2024-05-01" },
      { prompt: "a", response: "b", timestamp: "yesterday" },
      { messages: [{ role: "user", content: "x", timestamp: "2024-05-03T00:00:00Z" }], created: 1714550400 },
    ]);
    const all = conversationsIn(await readAll(dir, ["log.jsonl"]));
    expect(all.map(({ day }) => day)).toEqual([
      ...["2024-05-01", "2024-05-01", "2024-05-02", "2024-05-01", "2024-05-01", null, "2024-05-03"],
    ]);
    expect(all[6]?.turns[0].at).toBe("2024-05-03T00:00:00.000Z");
  });
});
