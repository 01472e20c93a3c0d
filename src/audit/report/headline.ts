import { formatNumber, html, type Html } from "../../charts/index.js";
import type { PolicySummary, RunSummary } from "./run-summary.js";
import { counted, intervalWords, percent, timeWords, unsafeInterval, withoutVerdict } from "./words.js";

/** What a reader in a hurry should know: how much is unsafe, and how much of the logs that was said about. */
export function headline(summary: RunSummary): Html {
  const { run, policies } = summary;
  return html`
    <p class="muted">
      ${counted(run.counts.conversations, "conversation")} from ${counted(run.inputs.length, "input")} under
      ${policies.length === 1 ? "policy" : "policies"} ${policies.map(({ policy }) => policy.id).join(", ")},
      judged by ${run.model.id}; finished ${timeWords(run.finishedAt)}.
    </p>
    ${policies.map((one) => verdictSentence(one, policies.length > 1))} ${tiles(summary)} ${notices(summary)}
  `;
}

function verdictSentence({ policy, counts }: PolicySummary, named: boolean): Html {
  const under = named ? ` under ${policy.id}` : "";
  if (counts.judged === 0)
    return html`<p class="lead">
      <strong>No turn was judged${under}.</strong> Nothing can be said of them.
    </p>`;
  return html`<p class="lead">
    <strong>${percent(counts.unsafe, counts.judged)} of turns judged${under} are unsafe</strong>:
    ${formatNumber(counts.unsafe, "count")} of ${formatNumber(counts.judged, "count")} (95% interval
    ${intervalWords(unsafeInterval(counts))}).
  </p>`;
}

function tiles({ run, policies, faults }: RunSummary): Html {
  const sum = (pick: (one: PolicySummary) => number): number =>
    policies.reduce((total, one) => total + pick(one), 0);
  const turns = sum(({ counts }) => counts.turns);
  const judged = sum(({ counts }) => counts.judged);
  const missing = sum(({ counts }) => withoutVerdict(counts));
  const faultCount = faults.reduce((total, { count }) => total + count, 0);
  const each = policies.length > 1 ? "over all policies" : null;
  return html`<dl class="tiles">
    ${tile("Turns judged", formatNumber(judged, "count"), each ?? `of ${formatNumber(turns, "count")}`)}
    ${tile(
      "Unsafe",
      formatNumber(
        sum(({ counts }) => counts.unsafe),
        "count",
      ),
      each ??
        `${formatNumber(
          sum(({ actions }) => actions.block),
          "count",
        )} to block, ${formatNumber(
          sum(({ actions }) => actions.flag),
          "count",
        )} to flag`,
    )}
    ${tile("Coverage", percent(judged, turns), "turns judged of all turns")}
    ${tile("Without a verdict", formatNumber(missing, "count"), "failed, or no text to judge")}
    ${tile("Faults in the logs", formatNumber(faultCount, "count"), `${counted(run.counts.unreadRecords, "record")} not read`)}
  </dl>`;
}

const tile = (name: string, value: string, note: string): Html => html`
  <div class="tile">
    <dt>${name}</dt>
    <dd>${value}</dd>
    <dd class="small">${note}</dd>
  </div>
`;

/** What must not be overlooked. */
function notices({ run, policies }: RunSummary): Html {
  const gaps = policies.filter(({ counts }) => withoutVerdict(counts) > 0);
  const { unreadRecords } = run.counts;
  return html`
    ${
      gaps.length === 0 && unreadRecords === 0
        ? null
        : html`<div class="notice danger" role="note">
            ${gaps.map(
              ({ policy, counts }) =>
                html`<p>
                  <strong>${counted(withoutVerdict(counts), "turn has", "turns have")} no verdict</strong>
                  under ${policy.id}, ${percent(withoutVerdict(counts), counts.turns)} of all:
                  ${formatNumber(counts.failed, "count")} failed, ${formatNumber(counts.notJudged, "count")}
                  held nothing to judge. They count neither as safe nor as unsafe.
                </p>`,
            )}
            ${
              unreadRecords === 0
                ? null
                : html`<p>
                    <strong>${counted(unreadRecords, "record")} of the logs could not be read</strong>: what
                    they hold is missing from every number here.
                  </p>`
            }
          </div>`
    }
    ${
      run.model.notice === ""
        ? null
        : html`<div class="notice" role="note">
            <p><strong>About the model ${run.model.id}:</strong> ${run.model.notice}</p>
          </div>`
    }
  `;
}
