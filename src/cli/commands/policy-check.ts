import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { GuardError } from "../../base/index.js";
import { checkPolicy, parsePolicy, type FindPolicy, type PolicyFault } from "../../policy/index.js";
import type { Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";

export const policyCheck: Command = {
  name: "policy check",
  usage: "FILE...",
  summary: "say everything that is wrong with policy files, with the place in each",
  details: "Exit code 1 when a file has faults. A place is a JSON pointer: /categories/0/code.",
  options: {},
  settingGroups: [],
  async run({ positionals }) {
    if (positionals.length === 0) throw new GuardError("invalid_config", "name the policy files to check");
    let faulty = false;
    for (const file of positionals.filter(isPolicy)) {
      const faults = faultsOf(file, await textOf(file));
      faulty ||= faults.length > 0;
      process.stdout.write(faults.length === 0 ? `${file}: ok\n` : report(file, faults));
    }
    return faulty ? EXIT_CODE.no : EXIT_CODE.ok;
  },
};

/** The schemas lie among the policies, where `policies/*.json` finds them too. */
const isPolicy = (file: string): boolean => !file.endsWith(".schema.json");

const textOf = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((cause: unknown) => {
    throw new GuardError("invalid_config", `${file} cannot be read`, { cause });
  });

/** A folder of policies is looked up by file name, so that has to fit as well. */
function faultsOf(file: string, text: string): readonly PolicyFault[] {
  const find = neighboursOf(file);
  const faults = checkPolicy(text, find);
  if (faults.length > 0 || parsePolicy(text, find).id === basename(file, ".json")) return faults;
  return [{ pointer: "/id", message: "must be the name of the file, without .json" }];
}

/** What an overlay may extend lies beside it. */
const neighboursOf =
  (file: string): FindPolicy =>
  (id) => {
    try {
      return parsePolicy(readFileSync(join(dirname(file), `${id}.json`), "utf8"));
    } catch {
      return undefined; // checked by name, it would show its own faults
    }
  };

const report = (file: string, faults: readonly PolicyFault[]): string =>
  faults
    .map(({ pointer, message }) => `${file}: ${pointer === "" ? "the policy" : pointer} ${message}\n`)
    .join("");
