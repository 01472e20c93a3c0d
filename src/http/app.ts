import type { Express } from "express";
import { GuardError } from "../base/index.js";
import { authenticate } from "./auth.js";
import { createEntrance } from "./create-entrance.js";
import type { Handler } from "./locals.js";
import type { HttpOptions } from "./options.js";
import { answerProblems } from "./problem.js";
import { limitRequests, limitTokens } from "./rate-limit.js";
import { readJson } from "./read-json.js";
import { chatCompletions } from "./routes/chat-completions.js";
import { completions } from "./routes/completions.js";
import { alive, ready } from "./routes/health.js";
import { document, info } from "./routes/info.js";
import { moderate } from "./routes/moderate.js";
import { moderations } from "./routes/moderations.js";
import { models } from "./routes/models.js";
import { policies } from "./routes/policies.js";

/** The front door. Reads top to bottom in the order a request goes through it. */
export function createApp(options: HttpOptions): Express {
  const { engine, keys, limits } = options;
  const app = createEntrance();

  const get = (path: string, ...handlers: Handler[]): void => {
    app.get(path, ...handlers);
    app.all(path, allowOnly("GET, HEAD"));
  };
  const post = (path: string, ...handlers: Handler[]): void => {
    app.post(path, ...handlers);
    app.all(path, allowOnly("POST"));
  };

  get("/", info(options));
  get("/openapi.json", document);
  get("/healthz", alive);
  get("/livez", alive);
  get("/readyz", ready(engine));

  const known: Handler[] = [authenticate(keys), limitRequests(keys)];
  if (options.metrics) get("/metrics", ...(options.metricsNeedKey ? known : []), options.metrics);
  get("/v1/models", ...known, models(options).list);
  get("/v1/models/:id", ...known, models(options).one);
  get("/policies", ...known, policies(options.policies, options.defaultPolicy).list);
  get("/policies/:id", ...known, policies(options.policies, options.defaultPolicy).one);

  const knownWithBody = [...known, readJson(limits), limitTokens(keys)];
  post("/moderate", ...knownWithBody, moderate(options));
  post("/v1/moderations", ...knownWithBody, moderations(options));
  post("/v1/chat/completions", ...knownWithBody, chatCompletions(options));
  post("/v1/completions", ...knownWithBody, completions(options));

  app.use(() => {
    throw new GuardError("not_found", "there is nothing at this path");
  });
  app.use(answerProblems(options.onFailure));
  return app;
}

/** For a known path asked with another method. */
const allowOnly =
  (methods: string): Handler =>
  (_req, res) => {
    res.set("allow", methods);
    throw new GuardError("method_not_allowed", `this path answers ${methods} only`);
  };
