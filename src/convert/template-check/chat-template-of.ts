import { open } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { GuardError } from "../../base/index.js";

/** Published templates have 1 to 20 KB; all of it is searched as one text. */
const MAX_TEMPLATE_BYTES = 1024 * 1024;
/** It may list every added token; those of Llama 3 have 50 KB. */
const MAX_CONFIG_BYTES = 16 * 1024 * 1024;

interface TokenizerConfig {
  readonly chat_template?: string | readonly { readonly name: string; readonly template: string }[] | null;
}

const isTokenizerConfig = new Ajv().compile<TokenizerConfig>({
  type: "object",
  properties: {
    chat_template: {
      anyOf: [
        { type: "null" },
        { type: "string" },
        {
          type: "array",
          items: {
            type: "object",
            required: ["name", "template"],
            properties: { name: { type: "string" }, template: { type: "string" } },
          },
        },
      ],
    },
  },
});

/**
 * Source of the chat template a checkpoint would be used with: a file of its own in newer exports, a field of
 * tokenizer_config.json in older ones. Of several the one called `default`, else the first.
 * @returns null when there is none
 * @throws GuardError `bad_model_file`
 */
export async function chatTemplateOf(dir: string): Promise<string | null> {
  const own = await readText(join(dir, "chat_template.jinja"), MAX_TEMPLATE_BYTES);
  if (own !== null) return own;
  const path = join(dir, "tokenizer_config.json");
  const config = await readText(path, MAX_CONFIG_BYTES);
  const template = config === null ? null : templateIn(config, path);
  if (template !== null && template.length > MAX_TEMPLATE_BYTES)
    throw bad(path, "holds too large a chat template");
  return template;
}

function templateIn(config: string, path: string): string | null {
  const parsed = parse(config, path);
  if (!isTokenizerConfig(parsed))
    throw bad(path, "has a chat_template that is neither a text nor named texts");
  const { chat_template: field = null } = parsed;
  if (field === null || typeof field === "string") return field;
  return (field.find(({ name }) => name === "default") ?? field[0])?.template ?? null;
}

function parse(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw bad(path, "is not JSON", cause);
  }
}

/** @returns null when there is no such file */
async function readText(path: string, maxBytes: number): Promise<string | null> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > maxBytes) throw bad(path, `has ${String(size)} bytes, too many for what it should hold`);
    return await file.readFile("utf8");
  } catch (error) {
    if (error instanceof GuardError) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw bad(path, "cannot be read", error);
  }
}

const bad = (path: string, detail: string, cause?: unknown): GuardError =>
  new GuardError("bad_model_file", `${path} ${detail}; download the checkpoint again`, { cause });
