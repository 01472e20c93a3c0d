import { describe, expect, it, test } from "@jest/globals";
import fc from "fast-check";
import { parseLabelledRow } from "../../src/dataset/labelled-row.js";
import { row, rowFile } from "./rows.js";

const parse = (given: Record<string, unknown>): unknown => parseLabelledRow(JSON.stringify(rowFile(given)));

describe("parseLabelledRow", () => {
  it("reads a safe row", () => {
    expect(parse({})).toEqual(row());
  });

  it("reads an unsafe row with its codes", () => {
    expect(parse({ label: "unsafe", categories: ["S9", "S2"] })).toMatchObject({ categories: ["S9", "S2"] });
  });

  it("does not take unknown categories for none", () => {
    expect(parse({ label: "unsafe", categories_known: false })).toMatchObject({ categories: null });
  });

  it("passes over fields it does not know, of rows and of messages", () => {
    const messages = [{ role: "user", content: "hi", language: "English" }];
    expect(parse({ messages, split: "dev", note: 7 })).toEqual(
      row({ split: "dev", messages: [{ role: "user", content: "hi" }] }),
    );
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["no id", { id: undefined }, /required property 'id'/],
    ["an id that is a number", { id: 7 }, /^\/id must be string/],
    ["no messages", { messages: [] }, /^\/messages must NOT have fewer than 1/],
    [
      "a role of its own",
      { messages: [{ role: "secret", content: "x" }] },
      /^\/messages\/0\/role must be equal/,
    ],
    [
      "content in parts",
      { messages: [{ role: "user", content: ["secret"] }] },
      /^\/messages\/0\/content must be/,
    ],
    ["a target that is not last", { target: "assistant" }, /^\/target is not the role of the last message/],
    ["a label of its own", { label: "secret" }, /^\/label must be equal/],
    ["a code that is none", { label: "unsafe", categories: ["secret"] }, /^\/categories\/0 must match/],
    ["a code twice", { label: "unsafe", categories: ["S1", "S1"] }, /^\/categories must NOT have duplicate/],
    ["categories of a safe row", { categories: ["S1"] }, /^\/categories names some/],
    [
      "categories that are not known",
      { label: "unsafe", categories: ["S1"], categories_known: false },
      /^\/categories names some/,
    ],
    ["no categories where they are known", { label: "unsafe" }, /^\/categories is empty/],
  ])("refuses %s, without quoting the row", (_, given, fault) => {
    expect(parse(given)).toEqual({ fault: expect.stringMatching(fault) });
    expect(JSON.stringify(parse(given))).not.toContain("secret");
  });

  it("gives a row or a fault for any text, and never throws", () => {
    const anything = fc.oneof(fc.string(), fc.json());
    fc.assert(fc.property(anything, (text) => "fault" in parseLabelledRow(text)));
  });
});
