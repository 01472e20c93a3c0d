import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { GuardError, PACKAGE_ROOT } from "../../base/index.js";
import { readCommandSettings } from "../../config/index.js";
import { printable, removeModel } from "../../model/index.js";
import type { Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { formatBytes } from "../format-bytes.js";

const STARTERS = ["starter-guard", "starter-chat"].map((name) => join(PACKAGE_ROOT, "onnx", name));

export const modelsRemove: Command = {
  name: "models remove",
  usage: "NAME",
  summary: "delete a model, or what an interrupted download or conversion left behind",
  details:
    "Asks nothing. NAME is one that `portcullis models` shows. A service that runs the model goes on with it\n" +
    "until it starts again; a download or conversion that is still at work fails. Links and files stay.",
  options: {
    force: {
      type: "boolean",
      help: "delete even a model that comes with the package, or a folder that does not say it is a model",
    },
  },
  settingGroups: ["models"],
  async run({ positionals: [name, ...more], options, settings }) {
    if (name === undefined || more.length > 0)
      throw new GuardError("invalid_config", "name one model, as `portcullis models` shows it");
    const { modelsDir } = readCommandSettings(settings);
    const force = options["force"] === true;
    if (!force && (await isStarter(join(modelsDir, name))))
      throw new GuardError(
        "invalid_config",
        `${printable(name)} comes with the package, and a fresh start counts on it; --force removes it`,
      );
    const bytes = await removeModel(modelsDir, name, { force });
    process.stdout.write(`Removed ${printable(join(modelsDir, name))}: ${formatBytes(bytes)} freed.\n`);
    return EXIT_CODE.ok;
  },
};

/** By where it lies, not by its name: another folder of models may have one of the same name. */
async function isStarter(dir: string): Promise<boolean> {
  const [asked, ...starters] = await Promise.all(
    [dir, ...STARTERS].map((path) => realpath(path).catch(() => path)),
  );
  return starters.includes(asked!);
}
