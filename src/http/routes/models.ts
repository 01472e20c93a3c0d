import { GuardError } from "../../base/index.js";
import type { Engine } from "../../engine/index.js";
import type { Handler } from "../locals.js";

/** `GET /v1/models` and `/v1/models/:id`: the one model there is, as OpenAI describes models. */
export function models(engine: Pick<Engine, "info">): { list: Handler; one: Handler } {
  const created = Math.floor(Date.now() / 1000);
  const model = () => ({ id: engine.info.modelId, object: "model", created, owned_by: "portcullis" });
  return {
    list: (_req, res) => {
      res.json({ object: "list", data: [model()] });
    },
    one: (req, res) => {
      if (req.params["id"] !== engine.info.modelId)
        throw new GuardError("not_found", "no such model", { pointer: "/id" });
      res.json(model());
    },
  };
}
