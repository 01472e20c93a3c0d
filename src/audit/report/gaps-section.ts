import { html, renderTable, type Html } from "../../charts/index.js";
import type { FaultSummary, PolicySummary, VerdictlessTurns } from "./run-summary.js";
import { code } from "./words.js";

/** How verdicts came about that deserve a second look, and which turns have none. */
export const caveatsSection = ({ flags, withoutVerdict }: PolicySummary): Html => html`
  <h3>Flags</h3>
  ${
    flags.length === 0
      ? html`<p>No verdict carries a flag.</p>`
      : renderTable({
          caption: "turns with a flag",
          columns: [
            { name: "flag" },
            { name: "turns", format: "count" },
            { name: "unsafe", format: "count" },
            { name: "what it says" },
          ],
          rows: flags.map(({ flag, turns, unsafe }) => [code(flag), turns, unsafe, FLAG_WORDS[flag] ?? "–"]),
        })
  }
  <h3 class="next">Turns without a verdict</h3>
  ${
    withoutVerdict.length === 0
      ? html`<p>Every turn has a verdict.</p>`
      : renderTable({
          caption: "turns without a verdict, by reason",
          columns: [
            { name: "status" },
            { name: "reason" },
            { name: "turns", format: "count" },
            { name: "first of them" },
          ],
          rows: withoutVerdict.map(({ status, error, turns, first }) => [
            STATUS_WORDS[status] ?? status,
            code(error),
            turns,
            places(first),
          ]),
        })
  }
`;

const FLAG_WORDS: Readonly<Record<string, string>> = {
  delimiter_spoof:
    "The text imitates the structure of the guard's prompt. It was judged as it is and defused; the stricter counts.",
  windowed:
    "Longer than the model's context: read in overlapping windows, of which the highest score counts.",
  low_mass: "The model was unsure whether to answer the question at all.",
  unread_parts: "The message has parts that are no text, such as images; only its text was judged.",
};

const STATUS_WORDS: Readonly<Record<string, string>> = {
  failed: "failed",
  not_judged: "nothing to judge",
};

const places = (first: VerdictlessTurns["first"]): Html =>
  html`${first.map(({ source, row, turn }, at) => [
    at === 0 ? null : html`<br />`,
    code(`${source}:${String(row)}`),
    ` turn ${String(turn)}`,
  ])}`;

/** What of the logs was not read, or was read with a remark. */
export const faultsSection = (faults: readonly FaultSummary[]): Html =>
  faults.length === 0
    ? html`<p>Everything in the logs was read.</p>`
    : renderTable({
        caption: "faults of the logs, by code",
        columns: [{ name: "code" }, { name: "faults", format: "count" }, { name: "first of them" }],
        rows: faults.map(({ code: of, count, first }) => [
          code(of),
          count,
          html`${first.map(({ source, row, message }, at) => [
            at === 0 ? null : html`<br />`,
            code(row === null ? source : `${source}:${String(row)}`),
            ` ${message}`,
          ])}`,
        ]),
      });
