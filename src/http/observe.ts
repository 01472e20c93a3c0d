import { performance } from "node:perf_hooks";
import { recordRequest } from "../telemetry/index.js";
import type { Handler } from "./locals.js";
import { CANCELED_STATUS } from "./problem.js";
import { routeOf } from "./route-of.js";

/** Measures every request, by the template of its route: a path may hold anything. */
export const observeRequests: Handler = (req, res, next) => {
  const startMs = performance.now();
  res.once("close", () => {
    recordRequest({
      route: routeOf(req),
      method: req.method,
      status: res.writableFinished ? res.statusCode : CANCELED_STATUS,
      seconds: (performance.now() - startMs) / 1000,
    });
  });
  next();
};
