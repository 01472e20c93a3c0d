import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { jinjaTexts } from "../../../src/convert/template-check/jinja-texts.js";

const textOf = (source: string): string => jinjaTexts(source).join("");

describe("jinjaTexts", () => {
  it.each([
    ["text outside of tags, quotes and all", "it's {{ x }}'so'", "it's 'so'"],
    ["strings in expressions and statements", `{{ "a" + x + 'b' }}{% if y == "c" %}`, "abc"],
    ["escapes, decoded", String.raw`{{ 'it\'s\n\\n\x41\u00e9\"' }}`, "it's\n\\nAé\""],
    ["no comment", "a{# 'b' {{ 'c' }} #}d", "ad"],
    ["strings that hold the end of a tag", `{{ "}}" + '%}' }}{% set x = "#}{{" %}z`, "}}%}#}{{z"],
    ["data with braces in a statement", `{% set c = {"S1": {"a": 'b'}} %}z`, "S1abz"],
    ["tags that trim white space", "{%- if x -%}a{{- 'b' -}}", "ab"],
    ["what a tag that never ends begins with", "a{{ 'b' + 'c", "ab"],
    ["single braces, which are text", "{a} {'b'}", "{a} {'b'}"],
    ["nothing of nothing", "", ""],
  ])("finds %s", (_, source, expected) => {
    expect(textOf(source)).toBe(expected);
  });

  it("gives any text back that is written as a string", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("'", '"'), (text, quote) => {
        const escaped = text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`).replaceAll("\n", "\\n");
        expect(textOf(`{{ x[${quote}${escaped}${quote}] }}`)).toBe(text);
      }),
    );
  });

  it.each([
    ["opened expressions", "{{"],
    ["opened comments", "{#"],
    ["braces", "{"],
    ["quotes of both kinds", `{{ "'`],
    ["escaped quotes", `\\"`],
    ["backslashes", "\\"],
    ["letters", "a"],
  ])("reads 256 KiB of %s in a moment", (_, unit) => {
    for (const opening of ["", "{{", `{{ "`, "{% '"]) {
      const source = opening + unit.repeat((256 * 1024) / unit.length);
      const started = performance.now();
      jinjaTexts(source);
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});
