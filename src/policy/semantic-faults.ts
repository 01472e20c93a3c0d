import type { CategoryFile, PolicyFile } from "./policy-file.js";
import type { PolicyFault } from "./policy-fault.js";

/**
 * Most characters of all headings and texts together: some 4,000 tokens of English, half of an 8,192-token
 * context. The other half is for the conversation.
 */
const MAX_PROMPT_CHARS = 16_000;

/** Text that a model would read as structure of the prompt. No disguises: a policy's author is no adversary. */
const STRUCTURE = /<\|.*?\|>|\[\/?INST\]|<\/?(?:BEGIN|END) [A-Z ]+>|^[ \t]*(?:User|Agent):/im;

/** What the schema cannot say: relations between fields, and text that would break the prompt. */
export function findSemanticFaults({ categories }: PolicyFile): PolicyFault[] {
  const heading = new RegExp(`^[ \\t]*(?:${categories.map(({ code }) => code).join("|")}):`, "m");
  const faults = categories.flatMap((category, index) => {
    const inCategory = [
      ...repetitions(category, categories.slice(0, index)),
      ...(["name", "promptName", "text"] as const).flatMap((field) =>
        breakages(category[field] ?? "", heading).map((message) => ({ field, message })),
      ),
    ];
    return inCategory.map(({ field, message }) => ({
      pointer: `/categories/${String(index)}/${field}`,
      message,
    }));
  });

  const chars = categories.reduce((total, category) => total + promptChars(category), 0);
  if (chars > MAX_PROMPT_CHARS)
    faults.push({
      pointer: "/categories",
      message: `must have at most ${String(MAX_PROMPT_CHARS)} characters of headings and texts in all, not ${String(chars)}`,
    });
  return faults;
}

interface FieldFault {
  readonly field: "code" | "name" | "promptName" | "text";
  readonly message: string;
}

function repetitions({ code, name }: CategoryFile, before: readonly CategoryFile[]): FieldFault[] {
  const faults: FieldFault[] = [];
  const [first] = before;
  if (before.some((other) => other.code === code))
    faults.push({ field: "code", message: "must differ from the codes before it" });
  if (first !== undefined && first.code[0] !== code[0])
    faults.push({ field: "code", message: `must begin with the policy's letter, as ${first.code} does` });
  if (before.some((other) => other.name.toLowerCase() === name.toLowerCase()))
    faults.push({ field: "name", message: "must differ from the names before it" });
  return faults;
}

/** @param heading matches a line that begins like a category of the policy */
function breakages(text: string, heading: RegExp): string[] {
  const faults: string[] = [];
  if (STRUCTURE.test(text))
    faults.push("must not contain what a prompt is built of (tags, [INST], <|…|>, a line User: or Agent:)");
  if (heading.test(text)) faults.push("must not have a line that begins like a category of this policy");
  if (/\p{Surrogate}/u.test(text)) faults.push("must not contain half of a surrogate pair");
  return faults;
}

const promptChars = ({ code, name, promptName, text }: CategoryFile): number =>
  code.length + (promptName ?? name).length + (text ?? "").length;
