import { Html, html } from "./html.js";
import { PAGE_STYLE } from "./page-style.js";

export interface PageSection {
  /** Letters, digits and dashes, for links within the page. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

export interface Page {
  readonly title: string;
  /** Between the title and the first section: what a reader in a hurry should know. */
  readonly lead?: Html;
  readonly sections: readonly PageSection[];
  readonly footer?: Html;
}

/** Nothing may be fetched and no script run, whatever a mistake let into the page. */
const SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A whole page in one file: no script, no request to anywhere, for screens of any width and for paper. */
export function renderPage({ title, lead, sections, footer }: Page): string {
  const page = html`
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${SECURITY_POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${Html.trust(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          ${lead}
        </header>
        ${sections.length > 3 ? contents(sections) : null}
        <main>${sections.map(renderSection)}</main>
        ${footer === undefined ? null : html`<footer>${footer}</footer>`}
      </body>
    </html>
  `;
  return `<!doctype html>${page.toString()}`;
}

const contents = (sections: readonly PageSection[]): Html => html`
  <nav aria-label="contents">
    <ul>
      ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
    </ul>
  </nav>
`;

const renderSection = ({ id, title, body }: PageSection): Html => html`
  <section id="${id}">
    <h2>${title}</h2>
    ${body}
  </section>
`;
