import type { PromptTemplate } from "./prompt-template.js";

/**
 * The texts that stand in every prompt of a template, in pieces: cut at line ends and where policy, role or
 * conversation go in, white space made single spaces. Whoever writes the same prompt in another way, such as a
 * checkpoint in its `chat_template`, has to have them all.
 *
 * The control token at the beginning is left out: chat templates write it as a variable.
 */
export function templatePieces({ prompt, roles }: PromptTemplate): readonly string[] {
  const texts = prompt.flatMap((span, at) => {
    if ("text" in span) return span.text.split(/\{\{.*?\}\}|\n/);
    return at === 0 ? [] : [span.control];
  });
  const pieces = [...texts, roles.user, roles.assistant].map((text) => text.replace(/\s+/g, " ").trim());
  return [...new Set(pieces)].filter((piece) => piece !== "");
}
