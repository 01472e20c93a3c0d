import { GuardError } from "../../base/index.js";
import { readCommandSettings } from "../../config/index.js";
import { listModels, printable, type ModelListing } from "../../model/index.js";
import type { Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { formatBytes } from "../format-bytes.js";
import { formatTable } from "../format-table.js";

export const models: Command = {
  name: "models",
  usage: "",
  summary: "show the models there are, and which of them would judge",
  details:
    "Reads what each model says of itself; `portcullis models verify` checks its files. A name is what\n" +
    "--guard takes.",
  options: { json: { type: "boolean", help: "print JSON, with the time of each model's last change" } },
  settingGroups: ["models"],
  async run({ positionals, options, settings }) {
    if (positionals.length > 0)
      throw new GuardError("invalid_config", "models takes flags only, or the words verify and remove");
    const { modelsDir, guard } = readCommandSettings(settings);
    const listings = await listModels(modelsDir);
    process.stdout.write(
      options["json"] === true
        ? `${JSON.stringify({ modelsDir, guard, models: listings }, null, 2)}\n`
        : readable(listings, modelsDir, guard),
    );
    return EXIT_CODE.ok;
  },
};

type Model = Extract<ModelListing, { kind: "model" }>;

function readable(listings: readonly ModelListing[], modelsDir: string, guard: string): string {
  if (listings.length === 0) return `No model in ${printable(modelsDir)}; \`portcullis pull\` fetches one.\n`;
  const rows = listings.flatMap((one) => (one.kind === "model" ? [rowOf(one, guard)] : []));
  const remarks = listings.flatMap((one) => (one.kind === "model" ? [] : [remarkOn(one)]));
  return (rows.length === 0 ? "" : formatTable([HEADER, ...rows])) + remarks.join("");
}

const HEADER = ["NAME", "ID", "TASK", "FORMAT", "SIZE", "SOURCE"];
const REVISION_CHARS = 12; // of a commit, enough to find it

const rowOf = ({ name, id, task, format, bytes, source, adapter }: Model, guard: string): string[] => [
  name === guard ? `${name} (guard)` : name,
  ...[id, task, format, formatBytes(bytes)],
  `${source.repository}@${source.revision.slice(0, REVISION_CHARS)}${adapter === null ? "" : ` + ${adapter}`}`,
];

function remarkOn(listing: Exclude<ModelListing, Model>): string {
  const name = printable(listing.name);
  return listing.kind === "faulty"
    ? `${name}: ${printable(listing.fault)}\n`
    : `${name}: unfinished; \`portcullis models remove ${name}\` frees ${formatBytes(listing.bytes)}\n`;
}
