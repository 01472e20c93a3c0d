import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { GuardError } from "../../base/index.js";
import { readCommandSettings, readHubSettings } from "../../config/index.js";
import type { FetchedCheckpoint } from "../../hub/index.js";
import { textOption, type Command, type CommandInput } from "../command.js";
import { describeModel } from "../describe-model.js";
import { EXIT_CODE } from "../exit-code.js";
import { formatBytes } from "../format-bytes.js";
import { isThereAlready } from "../is-there-already.js";
import { modelKindOf, modelNameOf } from "../model-kind.js";
import { MODEL_OPTIONS, readModelOptions } from "../model-options.js";
import { createProgressLine, type ProgressLine } from "../progress-line.js";
import { watchStopSignals } from "../stop-signals.js";

const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}\/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/;
const NAME = /^[a-z0-9][a-z0-9._-]{0,79}$/;

export const pull: Command = {
  name: "pull",
  usage: "REPOSITORY",
  summary: "fetch a model from the Hugging Face Hub and make it ready to serve",
  details:
    "Brings the files of REPOSITORY, such as meta-llama/Meta-Llama-Guard-2-8B, into the Hugging Face cache, where\n" +
    "other programs find them too, checks them, and converts them into the folder of models. Stopped at any\n" +
    "point, the same command goes on. HF_TOKEN says who you are, HF_ENDPOINT names a mirror, HF_HUB_CACHE another\n" +
    "cache, HF_HUB_OFFLINE=1 makes do with what the cache has, and HTTPS_PROXY is heeded.",
  options: {
    revision: { type: "string", value: "COMMIT", help: "branch, tag or commit; main unless given" },
    from: { type: "string", value: "DIR", help: "take the checkpoint from this folder instead of the hub" },
    name: {
      type: "string",
      value: "NAME",
      help: "name of the model's folder; from the repository's unless given",
    },
    ...MODEL_OPTIONS,
  },
  settingGroups: ["models"],
  async run(input) {
    const [repository, ...more] = input.positionals;
    if (repository === undefined || more.length > 0 || !REPOSITORY.test(repository))
      throw new GuardError("invalid_config", "name one repository, such as meta-llama/Meta-Llama-Guard-2-8B");
    const name = nameFrom(input, repository);
    const chosen = readModelOptions(input, { repository, id: name, ...kindFrom(input, repository) });
    const { modelsDir } = readCommandSettings(input.settings);
    const outDir = join(modelsDir, name);
    if (await isThereAlready(outDir, { ...chosen, repository, revision: textOption(input, "revision") })) {
      process.stdout.write(`${name} is there already, made of what was asked for\n`);
      return EXIT_CODE.ok;
    }

    using stop = watchStopSignals();
    const progress = createProgressLine({ stream: process.stderr, isTerminal: process.stderr.isTTY });
    const { makeModel } = await import("../make-model.js"); // heavy, and other commands do without
    const manifest = await makeModel({
      ...chosen,
      ...{ outDir, repository, revision: textOption(input, "revision") ?? "main" },
      ...{ threads: availableParallelism(), signal: stop.asked, progress },
      obtain: () => obtain(input, repository, stop.asked, progress),
    });
    process.stdout.write(describeModel(manifest, outDir, name));
    return EXIT_CODE.ok;
  },
};

function nameFrom(input: CommandInput, repository: string): string {
  const name = textOption(input, "name") ?? modelNameOf(repository);
  if (NAME.test(name)) return name;
  throw new GuardError(
    "invalid_config",
    "--name takes lower-case letters, digits, dots, dashes and underscores, 80 at most",
  );
}

/** Whoever says what a model is need not have a name that does. */
function kindFrom(input: CommandInput, repository: string) {
  const kind = modelKindOf(repository);
  const task = textOption(input, "task");
  if (kind !== null && (task === undefined || task === kind.task)) return kind;
  if (task !== undefined) return null;
  throw new GuardError(
    "invalid_config",
    "the repository's name does not tell what model it holds: add --task guard and --template, or --task generator",
  );
}

async function obtain(
  input: CommandInput,
  repository: string,
  signal: AbortSignal,
  progress: ProgressLine,
): Promise<Pick<FetchedCheckpoint, "dir" | "revision">> {
  const from = textOption(input, "from");
  const revision = textOption(input, "revision");
  if (from !== undefined) return { dir: resolve(from), revision: revision ?? "unknown" };
  const { fetchCheckpoint } = await import("../../hub/index.js");
  const fetched = await fetchCheckpoint({
    ...readHubSettings(),
    ...{ repository, signal, ...(revision === undefined ? {} : { revision }) },
    onProgress: ({ bytesDone, bytes, filesDone, files, file }) =>
      progress.update({
        ...{ label: file, done: bytesDone, total: bytes, unit: "bytes" },
        note: `${String(filesDone)} of ${String(files)} files`,
      }),
  });
  progress.finish(
    `${repository}@${fetched.revision.slice(0, 12)}: ${formatBytes(fetched.bytes)} in ${fetched.dir}, ` +
      `${formatBytes(fetched.downloadedBytes)} of it fetched now`,
  );
  return fetched;
}
