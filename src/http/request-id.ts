import { randomUUID } from "node:crypto";
import type { Handler } from "./locals.js";

/** Long enough for ids of proxies and traces, and harmless in headers and log lines. */
const SANE_ID = /^[\w.-]{1,128}$/;

/** Names every request, by the caller's own name for it where that is sane. */
export const nameRequest: Handler = (req, res, next) => {
  const offered = req.get("x-request-id") ?? "";
  res.locals.requestId = SANE_ID.test(offered) ? offered : `req-${randomUUID()}`;
  res.set("x-request-id", res.locals.requestId);
  next();
};
