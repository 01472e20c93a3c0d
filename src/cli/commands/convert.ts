import { availableParallelism } from "node:os";
import { basename, resolve } from "node:path";
import { GuardError } from "../../base/index.js";
import { textOption, type Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { modelNameOf } from "../model-kind.js";
import { MODEL_OPTIONS, readModelOptions } from "../model-options.js";
import { createProgressLine } from "../progress-line.js";
import { watchStopSignals } from "../stop-signals.js";
import { describeModel } from "../describe-model.js";

export const convert: Command = {
  name: "convert",
  usage: "CHECKPOINT MODEL",
  summary: "make the folder MODEL for the engine from a checkpoint of the Llama family",
  details:
    "CHECKPOINT holds config.json, tokenizer.json, tokenizer_config.json and safetensors weights, as the\n" +
    "repositories of Llama Guard 2 do. Licence and notice files are copied along.",
  options: {
    ...MODEL_OPTIONS,
    repository: { type: "string", value: "NAME", help: "where the checkpoint comes from, for the manifest" },
    revision: { type: "string", value: "COMMIT", help: "its revision there" },
  },
  settingGroups: [],
  async run(input) {
    const [sourceDir, outDir, ...more] = input.positionals;
    if (sourceDir === undefined || outDir === undefined || more.length > 0)
      throw new GuardError("invalid_config", "name the checkpoint's folder and the folder to make");
    const repository = textOption(input, "repository") ?? basename(resolve(sourceDir));
    const chosen = readModelOptions(input, { repository, id: modelNameOf(basename(resolve(outDir))) });
    const { makeModel } = await import("../make-model.js"); // heavy, and other commands do without
    using stop = watchStopSignals();
    const revision = textOption(input, "revision") ?? "unknown";
    const manifest = await makeModel({
      ...chosen,
      ...{ outDir, repository, revision },
      obtain: () => Promise.resolve({ dir: sourceDir, revision }),
      threads: availableParallelism(),
      signal: stop.asked,
      progress: createProgressLine({ stream: process.stderr, isTerminal: process.stderr.isTTY }),
    });
    process.stdout.write(describeModel(manifest, resolve(outDir), resolve(outDir)));
    return EXIT_CODE.ok;
  },
};
