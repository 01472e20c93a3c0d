import { GuardError } from "../../base/index.js";
import type { Handler } from "../locals.js";
import type { HttpOptions } from "../options.js";

/** `GET /v1/models` and `/v1/models/:id`: the guard, and the generator where there is one, as OpenAI describes models. */
export function models({ engine, chat }: Pick<HttpOptions, "engine" | "chat">): {
  list: Handler;
  one: Handler;
} {
  const created = Math.floor(Date.now() / 1000);
  const all = () =>
    [engine.info.modelId, ...(chat === null ? [] : [chat.generator.info.modelId])].map((id) => ({
      id,
      object: "model",
      created,
      owned_by: "portcullis",
    }));
  return {
    list: (_req, res) => {
      res.json({ object: "list", data: all() });
    },
    one: (req, res) => {
      const model = all().find(({ id }) => id === req.params["id"]);
      if (model === undefined) throw new GuardError("not_found", "no such model", { pointer: "/id" });
      res.json(model);
    },
  };
}
