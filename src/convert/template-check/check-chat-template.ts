import { chatTemplateOf } from "./chat-template-of.js";
import { jinjaTexts } from "./jinja-texts.js";

/** How a checkpoint's own chat template compares with the prompt it will be asked with. */
export type ChatTemplateFinding =
  /** The checkpoint brings none. */
  | { readonly kind: "absent" }
  /** It holds every piece of ours. */
  | { readonly kind: "agrees" }
  /** It lacks these pieces: the model was probably trained with another prompt. */
  | { readonly kind: "differs"; readonly missing: readonly string[] };

/**
 * Looks for the fixed texts of our prompt in the chat template of a checkpoint. The template is a program from
 * somewhere else and is never run; its texts are not repeated, either. That makes this a hint and no proof:
 * order and white space are not compared.
 * @param pieces what a template for the same prompt must contain, see `templatePieces`
 * @throws GuardError `bad_model_file` when the files cannot be read or are too large to be what they claim
 */
export async function checkChatTemplate(
  checkpointDir: string,
  pieces: readonly string[],
): Promise<ChatTemplateFinding> {
  const template = await chatTemplateOf(checkpointDir);
  if (template === null) return { kind: "absent" };
  const lines = linesOf(jinjaTexts(template));
  const missing = pieces.filter((piece) => !standsAlone(piece).test(lines));
  return missing.length === 0 ? { kind: "agrees" } : { kind: "differs", missing };
}

/** A line for every stretch that begins or ends with a text, a line break or a control token. */
const linesOf = (texts: readonly string[]): string =>
  texts
    .join("\n")
    .replace(/<\|[a-z0-9_]{1,64}\|>/g, "\n$&\n")
    .replace(/\s+/g, (space) => (space.includes("\n") ? "\n" : " "));

/**
 * The piece, be it on several lines, where no sentence goes on before or behind it: "assessment for" of Llama
 * Guard 1 is not in "assessment for ONLY THE LAST" of Llama Guard 2.
 */
function standsAlone(piece: string): RegExp {
  const literally = piece.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replace(/\s+/g, "\\s");
  return new RegExp(`(?<![\\p{L}\\p{N} ])${literally}(?![\\p{L}\\p{N} ])`, "u");
}
