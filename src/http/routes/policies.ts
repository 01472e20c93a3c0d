import type { Policy, PolicyRegistry } from "../../policy/index.js";
import type { Handler } from "../locals.js";

/** `GET /policies` and `/policies/:id`: what can be judged by, texts included. */
export function policies(registry: PolicyRegistry, defaultPolicy: string): { list: Handler; one: Handler } {
  const shown = ({ categories, ...policy }: Policy) => ({
    ...policy,
    default: policy.id === defaultPolicy,
    categories: categories.map(({ code, name, text, openaiNames, rules }) => ({
      code,
      name,
      text,
      openaiNames,
      rules,
    })),
  });
  return {
    list: (_req, res) => {
      res.json({ object: "list", data: registry.list().map(shown) });
    },
    one: (req, res) => {
      res.json(shown(registry.get(String(req.params["id"]))));
    },
  };
}
