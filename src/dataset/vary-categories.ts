import type { PolicyCategory } from "../policy/index.js";
import type { Random } from "../base/index.js";
import { drawBelow, shuffled } from "./draw.js";

/** The categories a prompt lists, and those of them that the message violates. */
export interface Listing {
  readonly categories: readonly PolicyCategory[];
  /** Codes; empty for a safe message, null where it is unsafe and not known by which. */
  readonly violated: readonly string[] | null;
}

/**
 * How often the violated categories are left out, which makes the message safe. Often enough to teach that the list
 * decides; seldom, as a message may break more categories than its label names.
 */
const SHARE_MADE_SAFE = 1 / 4;

/**
 * The same message before another policy: fewer categories, in another order, numbered anew. So a model learns to
 * read the list in its prompt instead of knowing one list by heart. At least one category stays. Where it is not known
 * what a message violates none may go, and only order and numbers change.
 * @see meta-llama/llama-cookbook, data/llama_guard/finetuning_data_formatter.py, AugmentationConfigs
 */
export function varyCategories({ categories, violated }: Listing, random: Random): Listing {
  const mustStay = categories.filter(({ code }) => violated === null || violated.includes(code));
  const mayGo = shuffled(
    categories.filter((category) => !mustStay.includes(category)),
    random,
  );
  const madeSafe = violated !== null && violated.length > 0 && mayGo.length > 0 && random() < SHARE_MADE_SAFE;
  const stay = madeSafe ? [] : mustStay;
  const least = stay.length === 0 ? 1 : 0;
  const others = mayGo.slice(0, least + drawBelow(mayGo.length - least + 1, random));
  const listed = shuffled([...stay, ...others], random);
  return {
    categories: listed.map((category, at) => ({ ...category, code: codeAt(at, category) })),
    violated: violated && listed.flatMap((one, at) => (stay.includes(one) ? [codeAt(at, one)] : [])),
  };
}

/** All codes of a policy share one letter. */
const codeAt = (at: number, { code }: PolicyCategory): string => `${code.charAt(0)}${String(at + 1)}`;
