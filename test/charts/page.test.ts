import { describe, expect, it } from "@jest/globals";
import { html, renderPage } from "../../src/charts/index.js";
import { HOSTILE } from "./some-charts.js";

describe("renderPage", () => {
  const page = renderPage({
    title: HOSTILE,
    sections: ["a", "b", "c", "d"].map((id) => ({
      id,
      title: `${id} ${HOSTILE}`,
      body: html`<p>${HOSTILE}</p>`,
    })),
  });

  it("forbids itself scripts and requests before anything else is read", () => {
    const policy = page.indexOf("Content-Security-Policy");
    expect(policy).toBeGreaterThan(0);
    expect(policy).toBeLessThan(page.indexOf("<title>"));
    expect(page).toContain("default-src &#39;none&#39;");
    expect(page).not.toMatch(/https?:|<script|<link|<img|@import|url\((?!#)/);
  });

  it("links to each of its sections", () => {
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);
    expect(links).toEqual(["a", "b", "c", "d"]);
    for (const id of links) expect(page).toContain(`<section id="${id!}">`);
  });

  it("escapes every text", () => {
    expect(page).not.toMatch(/[\u0000\u202e]/);
    expect(page.split("&lt;script&gt;")).toHaveLength(1 + 2 + 4 * 3);
  });
});
