import type { RunManifest } from "../audit/index.js";

/**
 * What a run came to, for people; the seal is for a place where the folder's writers do not come.
 * @param report path of the page that says more, where there is one
 */
export function auditSummary(
  dir: string,
  manifest: RunManifest,
  wasFinished: boolean,
  report: string | null = null,
): string {
  const { counts, used, seconds, policies, model, signature, seal } = manifest;
  const shareCached = used.cachedTokens / used.promptTokens;
  const lines = [
    wasFinished
      ? `${dir}: finished before, with the same logs, policies, model and options; nothing was done`
      : `${dir}: finished`,
    `  ${amount(counts.turns, "message")} of ${amount(counts.conversations, "conversation")} by ` +
      `${policies.map(({ id, version }) => `${id} ${version}`).join(", ")}`,
    `  ${number(counts.unsafe)} unsafe, ${number(counts.judged - counts.unsafe)} safe, ` +
      `${number(counts.failed)} failed, ${number(counts.notJudged)} without text`,
    ...(counts.faults === 0
      ? []
      : [
          `  ${amount(counts.faults, "remark")} on the logs in faults.parquet, for ${amount(counts.unreadRecords, "record")} ` +
            "that could not be read",
        ]),
    used.promptTokens === 0
      ? `  no token computed, ${seconds.toFixed(1)} s`
      : `  ${number(used.computedTokens)} tokens computed, ${(100 * shareCached).toFixed(1)} % of prompts found in the ` +
        `cache, ${seconds.toFixed(1)} s`,
    `  ${model.id}: ${model.notice}`,
    ...(report === null ? [] : [`  report    ${report}`]),
    `  signature ${signature}`,
    `  seal      ${seal}`,
  ];
  return `${lines.join("\n")}\n`;
}

const number = (count: number): string => count.toLocaleString("en-US");
const amount = (count: number, what: string): string => `${number(count)} ${what}${count === 1 ? "" : "s"}`;
