import { formatNumber, type NumberFormat } from "./format-number.js";
import { html, type Html } from "./html.js";

export interface TableColumn {
  readonly name: string;
  /** Columns of numbers are aligned to the right; without it a cell is text. */
  readonly format?: NumberFormat;
}

/** Null is shown as a dash. */
export type TableCell = string | number | Html | null;

export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableCell[])[];
  /** What it holds, for those who hear it. */
  readonly caption?: string;
}

/** A table that scrolls within its own box where the page is narrower. */
export const renderTable = ({ columns, rows, caption }: Table): Html => html`
  <div class="table" role="region" tabindex="0" aria-label="${caption ?? "table"}">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => renderRow(columns, row))}
      </tbody>
    </table>
  </div>
`;

const renderRow = (columns: readonly TableColumn[], row: readonly TableCell[]): Html =>
  html`<tr>
    ${columns.map((column, at) => renderCell(column, row[at] ?? null))}
  </tr>`;

const classOf = ({ format }: TableColumn): string => (format === undefined ? "text" : "number");

function renderCell(column: TableColumn, cell: TableCell): Html {
  const shown = cell === null ? "–" : typeof cell === "number" ? formatNumber(cell, column.format) : cell;
  return html`<td class="${classOf(column)}">${shown}</td>`;
}
