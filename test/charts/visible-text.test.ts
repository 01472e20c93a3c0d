import { describe, expect, it } from "@jest/globals";
import { visibleText } from "../../src/charts/index.js";

describe("visibleText", () => {
  it.each([
    ["invoice\u202efdp.exe", "invoice\\u202efdp.exe"],
    ["two\nlines\tand\u2028more", "two\\u000alines\\u0009and\\u2028more"],
    ["zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"],
    ["tag \u{e0041}", "tag \\u{e0041}"],
    ["half \ud800", "half \\ud800"],
    ["blank \u2800\u3164\u115f", "blank \\u2800\\u3164\\u115f"],
  ])("shows what would act or hide: %j", (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it("leaves writing alone, in every script", () => {
    const writing = "Ça va? Добро 你好 שלום مرحبا नमस्ते 🙂 <b> & \\u202e";
    expect(visibleText(writing)).toBe(writing);
  });
});
