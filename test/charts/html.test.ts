import { describe, expect, it } from "@jest/globals";
import { html } from "../../src/charts/index.js";

describe("html", () => {
  it("escapes every value, in text and in attributes", () => {
    const text = `"><img src=x onerror='y'>&`;
    expect(html`<td title="${text}">${text}</td>`.toString()).toBe(
      '<td title="&quot;&gt;&lt;img src=x onerror=&#39;y&#39;&gt;&amp;">&quot;&gt;&lt;img src=x onerror=&#39;y&#39;&gt;&amp;</td>',
    );
  });

  it("keeps markup made by itself, joins lists and leaves nothing for what is missing", () => {
    const items = ["a", "<"].map((one) => html`<li>${one}</li>`);
    expect(
      html`<ul>
        ${items}${null}${undefined}${0}
      </ul>`.toString(),
    ).toBe("<ul>\n<li>a</li><li>&lt;</li>0\n</ul>");
  });

  it("is not talked into keeping markup by an object that resembles it", () => {
    const forged = { toString: () => "<script>" } as unknown as string;
    expect(() => html`${forged}`.toString()).toThrow(TypeError);
  });

  it("shows characters that would turn the text around", () => {
    expect(html`${"a\u202eb"}`.toString()).toBe("a\\u202eb");
  });
});
