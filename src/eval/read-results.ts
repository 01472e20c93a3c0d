import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GuardError } from "../base/index.js";
import { readLines } from "../dataset/index.js";
import type { Policy } from "../policy/index.js";
import { judgedRow } from "./judge-row.js";
import { RUN_FILE } from "./result-folder.js";
import { isRowOutcome, type RowOutcome } from "./row-outcome.js";
import { isRunRecord, questionHash, type RunRecord } from "./run-record.js";

/**
 * Rows that were judged before, decided anew by `policy`, which must ask the model what it was asked then. The
 * run of which the rows came may have been stopped on its way.
 * @param path of `rows.jsonl`, beside which `run.json` lies
 * @throws GuardError `invalid_config` naming file and line, never the text of a row
 */
export async function readResults(
  path: string,
  policy: Policy,
  signal: AbortSignal,
): Promise<{ readonly run: RunRecord; readonly outcomes: readonly RowOutcome[] }> {
  const run = await readRun(join(dirname(path), RUN_FILE));
  if (run.question !== questionHash(policy))
    throw new GuardError(
      "invalid_config",
      `these rows were judged by ${run.policy.id} ${run.policy.version}, and ${policy.id} asks the model something else: judge them again`,
    );
  const outcomes: RowOutcome[] = [];
  for await (const { text, number } of readLines(path, signal)) {
    const row = parseRow(text);
    if (row === null || (row.status === "judged" && !fits(row.readings, policy)))
      throw new GuardError("invalid_config", `${path}, line ${String(number)}: is no row of an evaluation`);
    outcomes.push(row.status === "judged" ? judgedRow(row, row, policy) : row);
  }
  return { run, outcomes };
}

const fits = (readings: readonly { probabilities: object }[], { categories }: Policy): boolean =>
  readings.every(({ probabilities }) => categories.every(({ code }) => code in probabilities));

function parseRow(text: string): RowOutcome | null {
  try {
    const json: unknown = JSON.parse(text);
    return isRowOutcome(json) ? json : null;
  } catch {
    return null;
  }
}

async function readRun(path: string): Promise<RunRecord> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new GuardError("invalid_config", `${path} is missing or is not JSON; it lies beside rows.jsonl`, {
      cause,
    });
  }
  if (isRunRecord(json)) return json;
  throw new GuardError("invalid_config", `${path} is no record of an evaluation that this version can read`);
}
