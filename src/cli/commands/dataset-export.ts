import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GuardError } from "../../base/index.js";
import { readCommandSettings } from "../../config/index.js";
import {
  exportExamples,
  readLabelledRows,
  type ExportOptions,
  type ExportTally,
  type LeftOut,
  type TokenLimit,
} from "../../dataset/index.js";
import { openPolicyRegistry, type Policy } from "../../policy/index.js";
import { readPromptTemplates } from "../../prompt/index.js";
import { choiceOption, textOption, type Command, type CommandInput } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { watchStopSignals } from "../stop-signals.js";
import { wholeNumberOption } from "../whole-number-option.js";

export const datasetExport: Command = {
  name: "dataset export",
  usage: "FILES... --out FILE",
  summary: "make training examples for TRL from labelled conversations",
  details:
    "FILES are JSONL, plain or .gz, with a row a line: id, source, split, messages, target, label, categories,\n" +
    "categories_known. Codes in them must be those of the policy. Each row becomes the prompt that the guard\n" +
    "would be asked and the answer it should give; what cannot be used is left out and counted.",
  options: {
    out: { type: "string", value: "FILE", help: "JSONL file to make, for `trl sft`" },
    policy: { type: "string", value: "ID", help: "ask by this policy instead of the default one" },
    "max-tokens": {
      type: "string",
      value: "N",
      help: "leave out longer examples: TRL would cut off their answer; needs --model",
    },
    model: { type: "string", value: "DIR", help: "folder with the tokenizer.json to count tokens by" },
    augment: {
      type: "string",
      value: "N",
      help: "add N examples a row with categories varied; 0 unless given",
    },
    seed: { type: "string", value: "N", help: "another number gives other variations; 1 unless given" },
    "unknown-categories": {
      type: "string",
      value: "HOW",
      help: "leave (default) or keep unsafe rows whose categories are unknown, as unsafe without codes",
    },
  },
  settingGroups: ["policies"],
  async run(input) {
    const path = textOption(input, "out");
    if (path === undefined || input.positionals.length === 0)
      throw new GuardError(
        "invalid_config",
        "name the files of labelled rows, and with --out the file to make",
      );
    const out = resolve(path);
    if ((await stat(out).catch(() => null)) !== null)
      throw new GuardError("invalid_config", `${out} exists already; remove it or choose another name`);
    const options = await exportOptions(input);
    using stop = watchStopSignals();
    const rows = readLabelledRows(input.positionals, { signal: stop.asked });
    const tally = await exportExamples(rows, out, options);
    process.stderr.write(summary(out, options, tally));
    return EXIT_CODE.ok;
  },
};

async function exportOptions(input: CommandInput): Promise<ExportOptions> {
  const policy = await policyOf(input);
  return {
    policy,
    template: (await readPromptTemplates())[policy.template],
    keepUnknown: choiceOption(input, "unknown-categories", ["leave", "keep"]) === "keep",
    // More says nothing new about a row.
    variations: wholeNumberOption(input, "augment", { minimum: 0, maximum: 100, otherwise: 0 }),
    seed: wholeNumberOption(input, "seed", { minimum: 0, maximum: Number.MAX_SAFE_INTEGER, otherwise: 1 }),
    tokenLimit: await tokenLimitOf(input),
  };
}

async function policyOf(input: CommandInput): Promise<Policy> {
  const { policiesDir, defaultPolicy } = readCommandSettings(input.settings);
  const registry = await openPolicyRegistry({ dir: policiesDir });
  try {
    return registry.get(textOption(input, "policy") ?? defaultPolicy);
  } finally {
    await registry.close();
  }
}

async function tokenLimitOf(input: CommandInput): Promise<TokenLimit | null> {
  const maxTokens = wholeNumberOption(input, "max-tokens", {
    minimum: 16,
    maximum: 1_048_576, // the longest context a model may have
    otherwise: null,
  });
  const dir = textOption(input, "model");
  if (maxTokens === null && dir === undefined) return null;
  if (maxTokens === null || dir === undefined)
    throw new GuardError(
      "invalid_config",
      "--max-tokens and --model go together: the one counts by the other",
    );
  const { openTokenizer } = await import("../../tokenizer/index.js"); // heavy, and often not needed
  const tokenizer = await openTokenizer(join(dir, "tokenizer.json"));
  return {
    maxTokens,
    count(spans) {
      try {
        return tokenizer.encode(spans).length;
      } catch (error) {
        if (error instanceof GuardError && error.code === "too_large") return Infinity; // not even tokenised
        throw error;
      }
    },
  };
}

function summary(out: string, { policy, variations, tokenLimit }: ExportOptions, tally: ExportTally): string {
  const { rows, safe, unsafe, varied, leftOut } = tally;
  const reasons: Record<LeftOut, string> = {
    unknown_categories: "unsafe, categories not known (--unknown-categories keep has them without codes)",
    foreign_code: `with a category that ${policy.id} does not have`,
    control_text: "with text such as <|eot_id|>, which TRL would read as structure",
    too_long: `longer than ${String(tokenLimit?.maxTokens)} tokens`,
  };
  const left = (Object.keys(reasons) as LeftOut[]).filter((reason) => leftOut[reason] > 0);
  return [
    `${out}: ${String(safe + unsafe)} examples of ${String(rows)} rows, ${String(safe)} safe, ${String(unsafe)} unsafe`,
    ...(variations > 0 ? [`  varied: ${String(varied)}`] : []),
    ...left.map((reason) => `  left out: ${String(leftOut[reason])} ${reasons[reason]}`),
    "",
  ].join("\n");
}
