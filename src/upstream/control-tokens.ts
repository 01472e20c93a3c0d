import { GuardError } from "../base/index.js";

/**
 * What to do with text of people that spells a control token, such as `<|eot_id|>`.
 *
 * An engine puts messages into its chat template as text and then reads control tokens out of all of it, so a
 * user who writes one closes the message and opens another in somebody else's name. Token ids would settle the
 * matter, but a chat cannot be sent as ids. Either way out is visible: `refuse` says no to the request, and
 * `break` sends `< |eot_id| >`, which every tokenizer reads as plain characters. Nothing is taken out or
 * altered unseen.
 */
export type SpecialTokens = "refuse" | "break";

/**
 * Covers the 256 names of Llama 3, the ones of ChatML and their kin, and the wide bars of DeepSeek. Spaces are
 * left out, as no control token holds any and F# writes `<| f |>`. Engines that know their tokens by other
 * shapes, such as `[INST]`, are not covered.
 */
const CONTROL_TOKEN = /<([|｜])([\p{L}\p{N}_.▁-]{1,64})([|｜])>/gu;

/**
 * A copy of `value`, plain JSON data, in which no text spells a control token. Looks at the JSON text, so that
 * no field can be forgotten: none of the characters of a control token is escaped there, and a name between bars
 * occurs only inside a string.
 * @throws GuardError `invalid_request` when one does and `mode` says to refuse
 */
export function withoutControlTokens<T>(value: T, mode: SpecialTokens): T {
  const json = JSON.stringify(value);
  const broken = json.replace(CONTROL_TOKEN, "< $1$2$3 >");
  if (broken === json) return value;
  if (mode === "refuse")
    throw new GuardError(
      "invalid_request",
      "a message spells a control token of the chat format, a name between <| and |>, which the model's server " +
        "would obey: write it differently, for example with spaces inside the brackets",
    );
  return JSON.parse(broken) as T;
}
