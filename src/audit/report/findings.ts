import { html, renderFigure, renderTable, type Html } from "../../charts/index.js";
import { categoryChart, isScoreChartLog, scoreChart, sourceChart, timeChart } from "./report-charts.js";
import type { PolicySummary, TurnCounts } from "./run-summary.js";
import { code, counted, intervalWords, unsafeInterval, unsafeShare } from "./words.js";

/** What was found under one policy: by category, role, time, source and score. */
export function findings(summary: PolicySummary, id: string): Html {
  const { counts, overTime, bySource } = summary;
  if (counts.judged === 0) return html`<p>No turn was judged, so there is nothing to show.</p>`;
  const time = timeChart(summary, `${id}-time`);
  return html`
    <div class="figures">
      ${renderFigure(categoryChart(summary, `${id}-categories`), {
        note: "Share of turns judged, with 95% intervals. A turn may break several categories.",
        after: categoryTable(summary),
      })}
      <div class="full">
        <h3>By role</h3>
        ${countsTable(
          "role",
          summary.byRole.map((one) => [one.role, one]),
        )}
      </div>
      ${
        time === null
          ? html`<p class="full muted">The logs do not say when turns were written.</p>`
          : renderFigure(time, {
              note: html`The band is the 95%
              interval${
                overTime.undated === 0
                  ? null
                  : `; ${counted(overTime.undated, "turn")} without a day left out`
              }.`,
            })
      }
      ${renderFigure(scoreChart(summary, `${id}-scores`), {
        note: isScoreChartLog(summary)
          ? "How sure the model is. Heights are logarithmic: most turns lie close to 0."
          : "How sure the model is.",
      })}
      ${
        bySource.sources < 2
          ? null
          : renderFigure(sourceChart(summary, `${id}-sources`), {
              note:
                bySource.rest === null
                  ? "Share of turns judged, with 95% intervals."
                  : `The ${String(bySource.top.length)} with the most unsafe turns, of ${counted(bySource.sources, "source")}.`,
              after: sourceTable(summary),
            })
      }
    </div>
  `;
}

const sourceTable = ({ bySource: { sources, top, rest } }: PolicySummary): Html =>
  html`<details>
    <summary>Turns by source</summary>
    ${countsTable("source", [
      ...top.map((one) => [code(one.source), one] as const),
      ...(rest === null ? [] : [[counted(sources - top.length, "other source"), rest] as const]),
    ])}
  </details>`;

/** Turns of several kinds side by side. */
export const countsTable = (kind: string, rows: readonly (readonly [string | Html, TurnCounts])[]): Html =>
  renderTable({
    caption: `turns by ${kind}`,
    columns: [
      { name: kind },
      { name: "judged", format: "count" },
      { name: "unsafe", format: "count" },
      { name: "share", format: "share" },
      { name: "95% interval", format: "share" },
      { name: "failed", format: "count" },
      { name: "nothing to judge", format: "count" },
    ],
    rows: rows.map(([name, counts]) => [
      name,
      counts.judged,
      counts.unsafe,
      unsafeShare(counts),
      intervalWords(unsafeInterval(counts)),
      counts.failed,
      counts.notJudged,
    ]),
  });

/** Every category with its rule, those never broken too. */
function categoryTable({ policy, byCategory }: PolicySummary): Html {
  const rule = (at: number): string => {
    const rules = policy.categories[at]?.rules;
    if (rules === undefined) return "–";
    const [user, assistant] = [rules.user, rules.assistant].map(
      ({ action, threshold }) => `${action} from ${String(threshold)}`,
    ) as [string, string];
    return user === assistant ? user : `user ${user}, assistant ${assistant}`;
  };
  return html`<details>
    <summary>Every category, with its rule</summary>
    ${renderTable({
      caption: "unsafe turns by category and role",
      columns: [
        { name: "code" },
        { name: "category" },
        { name: "user", format: "count" },
        { name: "assistant", format: "count" },
        { name: "unsafe turns", format: "count" },
        { name: "rule" },
      ],
      rows: byCategory.map((one, at) => [
        one.code,
        one.name,
        one.unsafeUser,
        one.unsafeAssistant,
        one.unsafe,
        rule(at),
      ]),
    })}
  </details>`;
}
