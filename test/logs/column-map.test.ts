import { describe, expect, it, test } from "@jest/globals";
import { parseColumnMap } from "../../src/logs/index.js";

describe("parseColumnMap", () => {
  it("reads parts and columns, spaces around them or not", () => {
    expect(parseColumnMap("user=question, assistant = my reply,id=a=b")).toEqual({
      ...{ user: "question", assistant: "my reply", id: "a=b" },
    });
    expect(parseColumnMap("messages=payload.chat")).toEqual({ messages: "payload.chat" });
  });

  test.each([
    "",
    "user",
    "user=",
    "=x",
    "id=x",
    "user=x,user=y",
    "nobody=x",
    "__proto__=x",
    "messages=x,user=y",
    "role=x",
    "content=x,id=y",
  ])("refuses %p", (text) => {
    expect(() => parseColumnMap(text)).toThrow(expect.objectContaining({ code: "invalid_config" }));
  });
});
