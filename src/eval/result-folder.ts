import { createWriteStream } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { GuardError } from "../base/index.js";
import type { RowOutcome } from "./row-outcome.js";
import type { RunRecord } from "./run-record.js";

export const ROWS_FILE = "rows.jsonl";
export const RUN_FILE = "run.json";

/** A folder that one evaluation fills. Rows are written as they come, so that hours of judging survive a stop. */
export interface ResultFolder extends AsyncDisposable {
  readonly dir: string;
  writeRow(outcome: RowOutcome): void;
  writeFile(name: string, content: string): Promise<void>;
  /** Waits until all rows are on disk. Idempotent. @throws GuardError `invalid_config` when they cannot be */
  close(): Promise<void>;
}

/** @throws GuardError `invalid_config` when there is something in the folder already, or it cannot be made */
export async function openResultFolder(dir: string, run: RunRecord): Promise<ResultFolder> {
  await requireEmpty(dir);
  await writeResult(dir, RUN_FILE, asJson(run));
  const rows = createWriteStream(join(dir, ROWS_FILE), { flags: "wx" });
  const ended = finished(rows);
  ended.catch(() => undefined); // told by close()
  const close = async (): Promise<void> => {
    rows.end();
    await writable(dir, ended);
  };
  return {
    dir,
    writeRow: (outcome) => void rows.write(`${JSON.stringify(outcome)}\n`),
    writeFile: (name, content) => writeResult(dir, name, content),
    close,
    [Symbol.asyncDispose]: () => close().catch(() => undefined), // an error on its way says more
  };
}

/** One file of a result folder, which is made if need be. @throws GuardError `invalid_config` */
export async function writeResult(dir: string, name: string, content: string): Promise<void> {
  await writable(dir, mkdir(dir, { recursive: true }));
  await writable(dir, writeFile(join(dir, name), content, { flag: "wx" }));
}

const writable = <T>(dir: string, work: Promise<T>): Promise<T> =>
  work.catch((cause: unknown) => {
    throw new GuardError("invalid_config", `${dir} cannot be written; choose another folder`, { cause });
  });

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export async function requireEmpty(dir: string): Promise<void> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new GuardError("invalid_config", `${dir} is not a folder that can be read`, { cause: error });
  });
  if (names.length > 0)
    throw new GuardError("invalid_config", `${dir} holds something already; name a new or empty folder`);
}
