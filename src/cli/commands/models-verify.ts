import { basename } from "node:path";
import { GuardError } from "../../base/index.js";
import { readCommandSettings } from "../../config/index.js";
import {
  listModels,
  openModelFolder,
  printable,
  resolveModelDir,
  type ModelFolder,
} from "../../model/index.js";
import type { Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";

export const modelsVerify: Command = {
  name: "models verify",
  usage: "[NAME...]",
  summary: "check every file of the models, or of the named ones, against its digest",
  details:
    "Prints the SHA-256 of each file of a model that is whole, and what is wrong with one that is not; exit\n" +
    "code 1 when there is one. A service checks its model in the same way when it starts.",
  options: {},
  settingGroups: ["models"],
  async run({ positionals, settings }) {
    const { modelsDir } = readCommandSettings(settings);
    const names = positionals.length > 0 ? positionals : await namesIn(modelsDir);
    const dirs: string[] = [];
    for (const name of names) dirs.push(await resolveModelDir(modelsDir, name)); // all of them, before any is read
    let faulty = false;
    for (const dir of dirs) {
      const result = await openModelFolder(dir).catch(faultOf);
      faulty ||= typeof result === "string";
      const name = printable(basename(dir));
      process.stdout.write(
        `${name}: ${typeof result === "string" ? `${printable(result)}\n` : report(result)}`,
      );
    }
    return faulty ? EXIT_CODE.no : EXIT_CODE.ok;
  },
};

/** What is unfinished is no model yet. */
async function namesIn(modelsDir: string): Promise<string[]> {
  const listings = await listModels(modelsDir);
  return listings.filter(({ kind }) => kind !== "unfinished").map(({ name }) => name);
}

function faultOf(error: unknown): string {
  if (error instanceof GuardError && error.code === "bad_model_file") return error.message;
  throw error;
}

const report = ({ manifest, sha256 }: ModelFolder): string =>
  `ok\n  ${sha256}  manifest.json\n${manifest.files.map((file) => `  ${file.sha256}  ${file.path}\n`).join("")}`;
