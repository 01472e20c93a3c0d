import { isDeepStrictEqual } from "node:util";
import { GuardError } from "../base/index.js";
import type { ModelGeometry } from "./geometry.js";
import { printable } from "./printable.js";

type Fields = Readonly<Record<string, unknown>>;

/** Of the rotary embedding, read but not yet checked for ranges. */
type Rope = Record<keyof Pick<ModelGeometry, "ropeTheta" | "ropeScaling">, unknown>;

/** What a llama3 scaling consists of, and its names in config.json. */
const SCALING = {
  factor: "factor",
  lowFreqFactor: "low_freq_factor",
  highFreqFactor: "high_freq_factor",
  originalContextTokens: "original_max_position_embeddings",
} as const;
/** All that a rope object may hold; whatever else it says would change the angles. */
const KNOWN: readonly string[] = [
  ...["rope_type", "type", "rope_theta", "partial_rotary_factor"],
  ...Object.values(SCALING),
];

const DEFAULT_THETA = 10_000; // Llama 1 and 2 do not state theirs

/**
 * Base and scaling of the rotary embedding. They stand in `rope_theta` and `rope_scaling`, and since Transformers 5
 * together in `rope_parameters`. A configuration that has both is read by some programs in the one way and by
 * others in the other, so the two must say the same.
 * @throws GuardError `bad_model_file` naming the field
 */
export function readRope(config: Fields): Rope {
  const scaling = readRopeObject(config, "rope_scaling");
  const parameters = readRopeObject(config, "rope_parameters");
  if (scaling && parameters && !isDeepStrictEqual(scaling.ropeScaling, parameters.ropeScaling))
    throw refuse("rope_scaling and rope_parameters contradict each other");
  const thetas = [parameters?.ropeTheta, scaling?.ropeTheta, config["rope_theta"]].filter(isGiven);
  if (thetas.some((theta) => theta !== thetas[0]))
    throw refuse("rope_theta is given more than once, and not as the same");
  return {
    ropeTheta: thetas[0] ?? DEFAULT_THETA,
    ropeScaling: (parameters ?? scaling)?.ropeScaling ?? null,
  };
}

const refuse = (detail: string): GuardError =>
  new GuardError("bad_model_file", `config.json: ${detail}; only plain Llama decoders are supported`);

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

function readRopeObject(config: Fields, name: "rope_scaling" | "rope_parameters"): Rope | null {
  const value = config[name];
  if (!isGiven(value)) return null;
  if (typeof value !== "object" || Array.isArray(value))
    throw refuse(`${name} is neither null nor an object`);
  const rope = value as Fields;
  const ropeScaling = scalingOf(rope, name);
  const unknown = Object.keys(rope).find((key) => isGiven(rope[key]) && !KNOWN.includes(key));
  if (unknown !== undefined)
    throw refuse(`${name} has "${printable(unknown.slice(0, 100))}", which is not understood`);
  if ((rope["partial_rotary_factor"] ?? 1) !== 1) throw refuse(`${name}: partial_rotary_factor is not 1`);
  return { ropeTheta: rope["rope_theta"], ropeScaling };
}

function scalingOf(rope: Fields, name: string): unknown {
  const types = [rope["rope_type"], rope["type"]].filter(isGiven); // the second is its older name
  if (types.some((type) => type !== types[0])) throw refuse(`${name}: rope_type and type are not the same`);
  const [type = "default"] = types;
  if (type === "default") return null;
  if (type !== "llama3") throw refuse(`${name}: the rope scaling is not of type llama3`);
  const numbers = Object.entries(SCALING).map(([field, key]) => {
    if (typeof rope[key] === "number") return [field, rope[key]] as const;
    throw refuse(`${name}: ${key} of llama3 scaling is missing or no number`);
  });
  return { type, ...Object.fromEntries(numbers) };
}
