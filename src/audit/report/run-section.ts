import { formatNumber, html, renderTable, type Html } from "../../charts/index.js";
import type { RunSummary } from "./run-summary.js";
import { bytesWords, code, counted, durationWords, facts, percent, timeWords } from "./words.js";

/** Inputs up to which their list stands open. */
const FEW_INPUTS = 12;

/** How the run went: how long, how fast, how much did not have to be computed. */
export function speedSection({ run, policies }: RunSummary): Html {
  const { used, seconds, counts } = run;
  const judged = policies.reduce((sum, one) => sum + one.counts.judged, 0);
  const rate = seconds > 0 ? `${formatNumber(judged / seconds)} turns a second` : "–";
  return facts([
    ["Started", timeWords(run.startedAt)],
    ["Finished", timeWords(run.finishedAt)],
    ["Time at work", durationWords(seconds)],
    ["Speed", rate],
    ["Tokens of prompts", formatNumber(used.promptTokens, "count")],
    [
      "From the cache",
      `${formatNumber(used.cachedTokens, "count")} (${percent(used.cachedTokens, used.promptTokens)}), known from earlier prompts`,
    ],
    ["Computed", `${formatNumber(used.computedTokens, "count")}, answers included`],
    ["Asked twice", `${counted(counts.duplicates, "turn")} repeated a question asked before`],
  ]);
}

/** What was judged, by what: enough to check the run or to make it again. */
export function identitySection({ run }: RunSummary, verifyCommand: string): Html {
  const inputs = renderTable({
    caption: "inputs",
    columns: [{ name: "input" }, { name: "size", format: "count" }, { name: "version" }],
    rows: run.inputs.map(({ source, bytes, version, sha256 }) => [
      code(source),
      bytesWords(bytes),
      sha256 === undefined ? (version ?? null) : code(sha256),
    ]),
  });
  return html`
    ${facts([
      ...run.policies.map(
        ({ id, version, sha256 }) =>
          [`Policy ${id}`, html`version ${version}, SHA-256 ${code(sha256)}`] as const,
      ),
      ["Model", html`${run.model.id}, SHA-256 ${code(run.model.sha256)}`],
      ["Program", `Portcullis ${run.portcullis}`],
      ["Signature of all verdicts", code(run.signature)],
      ["Seal of the run", code(run.seal)],
    ])}
    <p>
      Runs that judge the same logs alike have the same signature, however they were interrupted. To check
      that the run is as it was finished, keep the seal elsewhere and compare:
    </p>
    <pre>${verifyCommand} --seal ${run.seal}</pre>
    <h3>Inputs</h3>
    ${
      run.inputs.length <= FEW_INPUTS
        ? inputs
        : html`<details>
            <summary>All ${formatNumber(run.inputs.length, "count")} inputs</summary>
            ${inputs}
          </details>`
    }
  `;
}
