import { visibleText } from "./visible-text.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for HTML and SVG, between tags and within quoted attributes; what would act or hide is shown as an escape. */
export const escapeText = (text: string): string =>
  visibleText(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/**
 * Markup that is known to be well formed. The only ways to it are the tag `html`, which escapes whatever is
 * put into it, and this room's own charts: a string never becomes markup by being passed along.
 */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  /** For markup that this room made itself; not exported through its door. */
  static readonly trust = (markup: string): Html => new Html(markup);

  toString(): string {
    return this.#markup;
  }
}

/** What `html` takes between its pieces; null and undefined leave nothing. */
export type HtmlPart = Html | string | number | null | undefined | readonly HtmlPart[];

/**
 * Makes markup of a template literal. Values are escaped as text, arrays joined, other `Html` kept. Attributes
 * must stand in quotes: `html`<td class="${name}">${text}</td>``. The template's own line breaks and indentation
 * count as one line break, so that a table of many rows is not mostly blanks; values keep theirs.
 */
export const html = (pieces: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html =>
  Html.trust(pieces.map((piece, at) => piece.replace(/\s*\n\s*/g, "\n") + markupOf(parts[at])).join(""));

function markupOf(part: HtmlPart): string {
  if (part === null || part === undefined) return "";
  if (part instanceof Html) return part.toString();
  if (typeof part === "string" || typeof part === "number") return escapeText(String(part));
  return part.map(markupOf).join("");
}
