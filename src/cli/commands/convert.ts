import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { GuardError } from "../../base/index.js";
import { choiceOption, textOption, type Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";

/** Files whose terms travel with the weights: Meta's licence asks for it. */
const COMPANIONS = /^(licen[cs]e|notice|use_policy)/i;

export const convert: Command = {
  name: "convert",
  usage: "CHECKPOINT MODEL",
  summary: "make the folder MODEL for the engine from a checkpoint of the Llama family",
  details:
    "CHECKPOINT holds config.json, tokenizer.json, tokenizer_config.json and safetensors weights, as the\n" +
    "repositories of Llama Guard 2 do. Licence and notice files are copied along.",
  options: {
    id: { type: "string", value: "ID", help: "name that callers see; the folder's name unless given" },
    format: { type: "string", value: "FORMAT", help: "weights as int8 (default; fast and small) or fp32" },
    head: {
      type: "string",
      value: "HEAD",
      help: "score what a guard may say (guard, default) or everything (full)",
    },
    template: {
      type: "string",
      value: "NAME",
      help: "prompt template it was trained with; llama-guard-2 unless given",
    },
    repository: { type: "string", value: "NAME", help: "where the checkpoint comes from, for the manifest" },
    revision: { type: "string", value: "COMMIT", help: "its revision there" },
    notice: {
      type: "string",
      value: "TEXT",
      help: "what the model is, in one sentence that is shown with it",
    },
  },
  settingGroups: [],
  async run(input) {
    const [sourceDir, outDir, ...more] = input.positionals;
    if (sourceDir === undefined || outDir === undefined || more.length > 0)
      throw new GuardError("invalid_config", "name the checkpoint's folder and the folder to make");
    const { convertCheckpoint } = await import("../../convert/index.js"); // heavy, and other commands do without
    const repository = textOption(input, "repository") ?? basename(resolve(sourceDir));
    const manifest = await convertCheckpoint({
      sourceDir,
      outDir,
      id: textOption(input, "id") ?? basename(resolve(outDir)),
      notice: textOption(input, "notice") ?? `Converted from ${repository}. Built with Meta Llama 3.`,
      task: "guard",
      template: textOption(input, "template") ?? "llama-guard-2",
      format: choiceOption(input, "format", ["int8", "fp32"]),
      head: choiceOption(input, "head", ["guard", "full"]),
      repository,
      revision: textOption(input, "revision") ?? "unknown",
      companions: await companionsIn(sourceDir),
    });
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    process.stdout.write(
      `${resolve(outDir)}: ${manifest.id}, ${manifest.graph.format}, ${(bytes / 2 ** 20).toFixed(1)} MiB\n` +
        `Serve it: portcullis serve --guard-model ${outDir}\n`,
    );
    return EXIT_CODE.ok;
  },
};

async function companionsIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw new GuardError("invalid_config", `${dir} is not a folder that can be read`, { cause });
  });
  return names.filter((name) => COMPANIONS.test(name)).map((name) => join(dir, name));
}
