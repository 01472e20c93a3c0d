import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { GuardError, PACKAGE_ROOT, lazyValidator } from "../base/index.js";
import { PROMPT_TEMPLATE_NAMES, type JudgedRole, type PromptTemplateName } from "../policy/index.js";

/** How a guard model is asked, as `policies/templates/template.schema.json` describes it. */
export interface PromptTemplate {
  readonly name: PromptTemplateName;
  /** Where the wording was published. */
  readonly source: string;
  /** What the prompt calls the two sides: "User" and "Agent". */
  readonly roles: Readonly<Record<JudgedRole, string>>;
  /** What every answer begins with before `safe` or `unsafe`; two newlines for Llama Guard 3. */
  readonly answerPrefix: "" | "\n\n";
  /** Control tokens, and texts with `{{role}}`, `{{categories}}` and `{{conversation}}`. */
  readonly prompt: readonly ({ readonly control: string } | { readonly text: string })[];
}

export type PromptTemplates = Readonly<Record<PromptTemplateName, PromptTemplate>>;

const TEMPLATES_DIR = join(PACKAGE_ROOT, "policies/templates");

const isPromptTemplate = lazyValidator(() =>
  new Ajv2020().compile<PromptTemplate>(
    JSON.parse(readFileSync(join(TEMPLATES_DIR, "template.schema.json"), "utf8")) as object,
  ),
);

/** @throws GuardError `invalid_policy` */
export function parsePromptTemplate(value: unknown): PromptTemplate {
  if (!isPromptTemplate(value)) {
    const [fault] = isPromptTemplate.errors ?? [];
    throw new GuardError("invalid_policy", `prompt template: ${fault?.message ?? "is malformed"}`, {
      pointer: fault?.instancePath ?? "",
    });
  }
  const placeholders = value.prompt.map((span) =>
    "text" in span ? [...span.text.matchAll(/\{\{.*?\}\}/g)].map(([name]) => name) : [],
  );
  const slots = placeholders.map((names) => names.filter((name) => name !== "{{role}}").join(" ")).join("");
  if (slots !== "{{categories}} {{conversation}}")
    throw new GuardError(
      "invalid_policy",
      "prompt template: one text needs {{categories}} and then {{conversation}}, each once, and nothing else but {{role}}",
      { pointer: "/prompt" },
    );
  return value;
}

/** Reads every template of the closed set. @throws GuardError `invalid_policy` naming the file */
export async function readPromptTemplates(dir: string = TEMPLATES_DIR): Promise<PromptTemplates> {
  const read = async (name: PromptTemplateName): Promise<[PromptTemplateName, PromptTemplate]> => {
    const file = join(dir, `${name}.json`);
    try {
      const template = parsePromptTemplate(JSON.parse(await readFile(file, "utf8")));
      if (template.name !== name)
        throw new GuardError("invalid_policy", "its name differs from its file's name");
      return [name, template];
    } catch (cause) {
      throw new GuardError("invalid_policy", `${file} cannot be used as a prompt template`, { cause });
    }
  };
  return Object.fromEntries(await Promise.all(PROMPT_TEMPLATE_NAMES.map(read))) as unknown as PromptTemplates;
}
