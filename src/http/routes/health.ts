import type { Engine } from "../../engine/index.js";
import { isDraining } from "../draining.js";
import type { Handler } from "../locals.js";

/** `GET /healthz` and `/livez`: the event loop turns. Never asks the model: a busy one is not a dead process. */
export const alive: Handler = (_req, res) => {
  res.json({ status: "ok" });
};

/** `GET /readyz`: whether messages can be judged now. */
export const ready =
  (engine: Pick<Engine, "state">): Handler =>
  (req, res) => {
    const status = isDraining(req.app) ? "draining" : engine.state === "ready" ? "ready" : "unready";
    res.status(status === "ready" ? 200 : 503).json({ status, engine: engine.state });
  };
