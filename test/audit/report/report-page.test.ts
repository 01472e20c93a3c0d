import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { chromium, type Browser, type Page } from "playwright-core";
import { writeReport } from "../../../src/audit/index.js";
import { tempFolder } from "../../fixtures/temp-folder.js";
import { fakePolicy, fakeRows, writeFakeRun, type FakeRunOptions } from "./fake-run.js";

/** A browser of the system; the tests install none. */
const CHROMIUM = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
  .flatMap((name) => (process.env["PATH"] ?? "").split(delimiter).map((dir) => join(dir, name)))
  .find((path) => existsSync(path));

const RUBBISH = `"><script>document.title='taken'</script><img src=https://example.org/x.png>\u202e\u0000&amp;`;
const TWO_POLICIES = [fakePolicy("llama-guard-2"), fakePolicy("house-rules", 99, 0.3)];
const FAULT = { source: RUBBISH, row: 3, code: "broken_json", message: RUBBISH };

const RUNS: readonly (readonly [string, FakeRunOptions])[] = [
  ["a usual run", { conversations: 300, keepText: true }],
  [
    "400 sources, 99 categories, three years, two policies, rubbish for names",
    {
      conversations: 900,
      sources: 400,
      days: 1095,
      policies: TWO_POLICIES,
      rubbish: RUBBISH,
      keepText: true,
      faults: [FAULT],
      notice: RUBBISH,
    },
  ],
  ["a run whose every turn failed", { conversations: 20, failedShare: 1 }],
  ["a run without a turn", { conversations: 0 }],
  ["a run of one conversation", { conversations: 1, sources: 1, days: 1 }],
  ["a clean run without days", { conversations: 60, unsafeShare: 0, failedShare: 0, days: 0, notice: "" }],
];

const reportOf = async (options: FakeRunOptions): Promise<string> => {
  const dir = tempFolder();
  await writeFakeRun(dir, fakeRows(options), options);
  return writeReport(dir);
};

// What the browser is asked, as text: the types of this project know no browser.
const PAGE_WIDTH = "document.documentElement.scrollWidth";
const UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true";
const ALL_IDS = "Array.from(document.querySelectorAll('[id]'), ({ id }) => id)";
const PAPER_AND_BAR = `[
  getComputedStyle(document.body).backgroundColor,
  getComputedStyle(document.querySelector('.chart.wide path[fill="#0b66b0"]')).fill,
]`;
const LABELS_OUTSIDE = `Array.from(document.querySelectorAll("svg"), (svg) => {
  const box = svg.getBoundingClientRect();
  if (box.width === 0) return []; // the drawing for another width
  return Array.from(svg.querySelectorAll("text"))
    .filter((text) => {
      const own = text.getBoundingClientRect();
      return own.left < box.left - 1 || own.right > box.right + 1 || own.bottom > box.bottom + 2;
    })
    .map(({ textContent }) => textContent);
}).flat()`;

// Without a browser this fails rather than passes: what nobody looked at is not known to be right.
describe("report.html in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    if (CHROMIUM === undefined) throw new Error("these tests need Chromium or Chrome on the PATH");
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
  }, 60_000);
  afterAll(() => browser.close());

  /** Opens a page and notes whatever it complains of or asks for. */
  async function open(path: string, width: number, colorScheme: "light" | "dark"): Promise<[Page, string[]]> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (request.url() !== pathToFileURL(path).href) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(path).href);
    return [page, complaints];
  }

  it.each(RUNS)(
    "fits narrow and wide screens, fetches nothing and complains of nothing: %s",
    async (_, options) => {
      const path = await reportOf(options);
      for (const [width, scheme] of [
        [380, "dark"],
        [1600, "light"],
      ] as const) {
        const [page, complaints] = await open(path, width, scheme);
        expect(await page.evaluate(PAGE_WIDTH)).toBe(width);
        expect(await page.title()).toBe("Safety audit of conversations");
        expect(await page.locator("script, img, iframe, object, link").count()).toBe(0);
        await page.evaluate(UNFOLD);
        expect(await page.evaluate(PAGE_WIDTH)).toBe(width);
        const ids = await page.evaluate<string[]>(ALL_IDS);
        expect(new Set(ids).size).toBe(ids.length);
        expect(complaints).toEqual([]);
        await page.close();
      }
    },
    60_000,
  );

  it("draws each chart once for the width at hand, in the colours of the reader's paper", async () => {
    const path = await reportOf({ conversations: 300 });
    const paper = { light: "rgb(255, 255, 255)", dark: "rgb(20, 23, 28)" };
    const bar = { light: "rgb(11, 102, 176)", dark: "rgb(98, 174, 240)" };
    for (const scheme of ["light", "dark"] as const) {
      const [page] = await open(path, 1000, scheme);
      expect(await page.locator(".chart:visible").count()).toBe(await page.locator("figure").count());
      const seen = await page.evaluate(PAPER_AND_BAR);
      expect(seen).toEqual([paper[scheme], bar[scheme]]);
      await page.close();
    }
  });

  it("shows every label of a chart whole, within its drawing", async () => {
    const path = await reportOf({ conversations: 300 });
    for (const width of [380, 1000]) {
      const [page] = await open(path, width, "light");
      const outside = await page.evaluate(LABELS_OUTSIDE);
      expect(outside).toEqual([]);
      await page.close();
    }
  });

  it("shows rubbish as what it is, and folds texts away behind a warning", async () => {
    const path = await reportOf({ conversations: 40, unsafeShare: 0.5, rubbish: RUBBISH, keepText: true });
    expect(await readFile(path, "utf8")).not.toMatch(/[\u0000\u202e]/);
    const [page] = await open(path, 1000, "light");
    const said = page.getByText("Said in turn").first();
    expect(await said.isVisible()).toBe(false);
    await page.getByText("Warning: these texts were judged unsafe").click();
    expect(await said.isVisible()).toBe(true);
    expect(await said.textContent()).toContain("<script>document.title='taken'</script>");
    expect(await said.textContent()).toContain("\\u202e");
    await page.close();
  });

  it("prints", async () => {
    const [page] = await open(await reportOf({ conversations: 300 }), 1000, "dark");
    expect((await page.pdf()).length).toBeGreaterThan(20_000);
    await page.close();
  });
});

describe("writeReport", () => {
  it("leaves nothing half done: the report that was there is replaced in one step", async () => {
    const dir = tempFolder();
    await writeFakeRun(dir, fakeRows({ conversations: 5 }));
    const path = await writeReport(dir);
    expect(await writeReport(dir)).toBe(path);
    expect(existsSync(join(dir, ".report.html.unfinished"))).toBe(false);
  });

  it("makes the same page of the same run", async () => {
    const dir = tempFolder();
    await writeFakeRun(dir, fakeRows({ conversations: 50 }));
    const first = await readFile(await writeReport(dir), "utf8");
    expect(await readFile(await writeReport(dir), "utf8")).toBe(first);
  });

  it("never writes a turn without a verdict down as safe", async () => {
    const options = { conversations: 20, failedShare: 1 };
    const page = await readFile(await reportOf(options), "utf8");
    expect(page).toContain("No turn was judged");
    expect(page).toMatch(/turns have no verdict/);
    expect(page).not.toMatch(/0% of turns judged/);
  });
});
