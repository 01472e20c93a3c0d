import type { PromptSpan } from "../model/index.js";
import type { PolicyCategory } from "../policy/index.js";
import { judgedMessage, type Conversation } from "./conversation.js";
import type { PromptTemplate } from "./prompt-template.js";

/**
 * The question put to a guard model: does the last message break one of `categories`? What people wrote goes
 * in letter for letter, as text. All that stands before the conversation is one shared span, equal for every
 * conversation whose last message has the same role.
 */
export function renderGuardPrompt(
  template: PromptTemplate,
  categories: readonly PolicyCategory[],
  conversation: Conversation,
): PromptSpan[] {
  const judged = template.roles[judgedMessage(conversation).role];
  const listed = categories.map(renderCategory).join("\n");
  const turns = conversation.map(({ role, content }) => `${template.roles[role]}: ${content}`).join("\n\n");

  return template.prompt.flatMap((span): PromptSpan[] => {
    if ("control" in span) return [span];
    const [head = "", tail] = span.text.replaceAll("{{role}}", judged).split("{{conversation}}");
    if (tail === undefined) return [{ text: head }];
    // Split and joined, never replaced: "$&" in a category would be read as a pattern.
    return [{ text: head.split("{{categories}}").join(listed), shared: true }, { text: turns + tail }];
  });
}

const renderCategory = ({ code, promptName, text }: PolicyCategory): string =>
  `${code}: ${promptName}${text === null ? "" : `\n${text}`}`;
