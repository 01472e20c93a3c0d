import express, { type Express } from "express";
import { endConnections } from "./draining.js";
import { observeRequests } from "./observe.js";
import { nameRequest } from "./request-id.js";

/** An app with what every request meets first, whoever answers it. */
export function createEntrance(): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag"); // verdicts are not cached
  app.enable("case sensitive routing"); // a path has one spelling: rules of proxies know no other
  app.enable("strict routing");
  app.set("query parser", false);

  app.use(nameRequest);
  app.use(observeRequests);
  app.use(endConnections);
  return app;
}
