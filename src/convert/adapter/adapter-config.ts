import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { ADAPTER_FILES } from "../../model/index.js";
import { MERGE_WITH_PEFT, adapterError } from "./adapter-error.js";
import { readPathPattern } from "./path-pattern.js";
import { INDIFFERENT_SETTINGS, PLAIN_BEGINNINGS, REFUSED_SETTINGS, isOff } from "./refused-settings.js";

/** What `adapter_config.json` has to say about weights. */
export interface AdapterConfig {
  readonly baseRepository: string | null;
  /** @param modulePath such as `model.layers.0.self_attn.q_proj` */
  scalingOf(modulePath: string): { readonly rank: number; readonly scale: number };
}

interface ConfigFile {
  readonly base_model_name_or_path?: string | null;
  readonly r: number;
  readonly lora_alpha: number;
  readonly use_rslora?: boolean;
  readonly rank_pattern?: Readonly<Record<string, number>> | null;
  readonly alpha_pattern?: Readonly<Record<string, number>> | null;
}

/** Ranks and alphas for each of the 560 linear layers of a 70B model take a tenth of this. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/** Above the full rank of every matrix of a 70B model, whose smaller side is at most 8,192, nothing is gained. */
const RANK = { type: "integer", minimum: 1, maximum: 8192 } as const;
/** Far above any in use; keeps scales finite. */
const ALPHA = { type: "number", exclusiveMinimum: 0, maximum: 1_000_000 } as const;
/** One key for each linear layer of the deepest model that can be converted (512 layers of 7), and then some. */
const MAX_PATTERNS = 4096;

const patternsOf = (values: object) =>
  ({
    type: "object",
    nullable: true,
    maxProperties: MAX_PATTERNS,
    additionalProperties: values,
  }) as const;

/** Only what is read; the settings that must be off, and those that do not matter, are listed by name. */
const READ_SETTINGS = {
  base_model_name_or_path: { type: "string", nullable: true, maxLength: 4096 },
  r: RANK,
  lora_alpha: ALPHA,
  use_rslora: { type: "boolean" },
  rank_pattern: patternsOf(RANK),
  alpha_pattern: patternsOf(ALPHA),
} as const;

const isConfig = new Ajv().compile<ConfigFile>({
  type: "object",
  required: ["r", "lora_alpha"],
  properties: READ_SETTINGS,
});

/** @throws GuardError `bad_model_file` naming the setting that plain LoRA does not have */
export async function readAdapterConfig(dir: string): Promise<AdapterConfig> {
  const path = join(dir, ADAPTER_FILES.config);
  const json = await readJson(path);
  refuseMoreThanLora(json, path);
  if (!isConfig(json)) {
    const [fault] = isConfig.errors ?? [];
    const place = JSON.stringify(fault?.instancePath.slice(0, 100) ?? "");
    throw adapterError(path, `${place} ${String(fault?.message)}`, "save the adapter with PEFT again");
  }
  const rankOf = patternReader(json.rank_pattern, json.r, `${path}: rank_pattern`);
  const alphaOf = patternReader(json.alpha_pattern, json.lora_alpha, `${path}: alpha_pattern`);
  return {
    baseRepository: json.base_model_name_or_path ?? null,
    scalingOf(modulePath) {
      const rank = rankOf(modulePath);
      return { rank, scale: alphaOf(modulePath) / (json.use_rslora === true ? Math.sqrt(rank) : rank) };
    },
  };
}

async function readJson(path: string): Promise<Readonly<Record<string, unknown>>> {
  const refuse = (wrong: string, cause?: unknown) =>
    adapterError(path, wrong, "name the folder that PEFT's save_pretrained wrote", cause);
  let json: unknown;
  try {
    const { size } = await stat(path);
    if (size > MAX_CONFIG_BYTES) throw new RangeError(`${String(size)} bytes`);
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw refuse(`cannot be read as JSON of at most ${String(MAX_CONFIG_BYTES)} bytes`, cause);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw refuse("is not an object");
  return json as Record<string, unknown>;
}

/** A setting that nobody here has heard of may change what the weights mean, so it must be off as well. */
function refuseMoreThanLora(config: Readonly<Record<string, unknown>>, path: string): void {
  const refuse = (wrong: string) => adapterError(path, wrong, MERGE_WITH_PEFT);
  const { peft_type: type, bias, init_lora_weights: init, ...settings } = config;
  if (type !== "LORA") throw refuse("peft_type is not LORA");
  if (bias !== undefined && bias !== "none") throw refuse("bias is not none: it trains biases of the base");
  if (init !== undefined && !PLAIN_BEGINNINGS.includes(init))
    throw refuse("init_lora_weights is of a kind that changes the base weights too");
  for (const [name, value] of Object.entries(settings)) {
    if (isOff(value) || INDIFFERENT_SETTINGS.has(name) || Object.hasOwn(READ_SETTINGS, name)) continue;
    const shown = JSON.stringify(name.slice(0, 100));
    const reason = Object.hasOwn(REFUSED_SETTINGS, name)
      ? REFUSED_SETTINGS[name]
      : "its meaning is not known here";
    throw refuse(`${shown} is set: ${String(reason)}`);
  }
}

/** The first key that matches counts, as in PEFT. */
function patternReader(
  patterns: Readonly<Record<string, number>> | null | undefined,
  otherwise: number,
  place: string,
): (modulePath: string) => number {
  const read = Object.entries(patterns ?? {}).map(([key, value]) => {
    const matches = readPathPattern(key);
    if (matches === null)
      throw adapterError(
        place,
        `the key ${JSON.stringify(key.slice(0, 100))} is no simple pattern`,
        "write out the modules it means, one key each",
      );
    return { matches, value };
  });
  return (modulePath) => read.find(({ matches }) => matches(modulePath))?.value ?? otherwise;
}
