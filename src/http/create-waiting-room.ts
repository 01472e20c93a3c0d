import type { Express } from "express";
import { GuardError } from "../base/index.js";
import { createEntrance } from "./create-entrance.js";
import type { HttpOptions } from "./options.js";
import { answerProblems } from "./problem.js";
import { alive, ready } from "./routes/health.js";

/** Answers while the model loads: the process lives, is not ready, and judges nothing yet. */
export function createWaitingRoom({ onFailure }: Pick<HttpOptions, "onFailure">): Express {
  const app = createEntrance();
  app.get("/healthz", alive);
  app.get("/livez", alive);
  app.get("/readyz", ready({ state: "starting" }));
  app.use(() => {
    throw new GuardError("engine_unavailable", "the engine is starting");
  });
  app.use(answerProblems(onFailure));
  return app;
}
