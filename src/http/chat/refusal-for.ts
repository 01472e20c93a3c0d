import type { Refusal } from "../../policy/index.js";
import type { HttpRequest } from "../locals.js";

/** Stands for the default among the languages; no language is called so. */
const DEFAULT = "x-default";

/** The refusal in the language that the caller likes best of those there are. */
export function refusalFor(req: HttpRequest, { default: otherwise, locales }: Refusal): string {
  if (req.get("accept-language") === undefined) return otherwise; // would otherwise accept the first there is
  const language = req.acceptsLanguages([DEFAULT, ...Object.keys(locales)]);
  return language === false ? otherwise : (locales[language] ?? otherwise);
}
