import { CONTRACT } from "../contract.js";
import type { Handler } from "../locals.js";
import type { HttpOptions } from "../options.js";

/** `GET /`: what this server is. The licence of the Llama models asks for the notice. */
export const info =
  ({ engine, chat, version, defaultPolicy }: HttpOptions): Handler =>
  (_req, res) => {
    const { modelId, modelSha256, notice } = engine.info;
    res.json({
      name: "portcullis",
      version,
      notice: "Built with Meta Llama 3",
      model: { id: modelId, sha256: modelSha256, notice },
      generator:
        chat === null ? null : { id: chat.generator.info.modelId, notice: chat.generator.info.notice },
      defaultPolicy,
      links: {
        openapi: "/openapi.json",
        moderate: "/moderate",
        moderations: "/v1/moderations",
        ...(chat !== null && { chat: "/v1/chat/completions", completions: "/v1/completions" }),
        models: "/v1/models",
        policies: "/policies",
        readiness: "/readyz",
      },
    });
  };

/** `GET /openapi.json`: the contract this server checks requests with. */
export const document: Handler = (_req, res) => {
  res.json(CONTRACT);
};
